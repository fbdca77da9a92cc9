#include "lib/exec/gradient.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/expansion.hpp"
#include "lib/ops/term.hpp"
#include "passes/canonical/canonical.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr double tolerance = 1e-6;
// Inputs lie on multiples of `grid`, so that they and their neighbours one or three steps away are exact in float.
constexpr double grid = 0x1p-10, step = 0x1p-7;

// A network that is differentiated: a graph with one scalar output, its operands, and what it is differentiated by.
struct Problem {
  Graph graph{};
  std::vector<Tensor> operands{};  // of the graph's inputs
  std::vector<ValueId> variables{};
  ValueId loss{};
};

void round_to_grid(Tensor& tensor) {
  visit_dtype(tensor.dtype, [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>)
      for (T& element : tensor.as<T>())
        element = static_cast<T>(std::round(static_cast<double>(element) / grid) * grid);
  });
}

Tensor random_weights(const TensorType& type, Rng& rng) {
  Tensor weights = Tensor::zeros(DType::f32, type.shape);
  for (float& weight : weights.as<float>()) weight = rng.real(0.5F, 2.0F) * (rng.chance(2) ? 1.0F : -1.0F);
  return convert(weights, type.dtype);
}

// sum over outputs and elements of a random weight times the element.
ValueId add_loss(Graph& graph, Rng& rng) {
  TermBuilder builder(graph, {});
  std::vector<Term> sums;
  for (const ValueId id : std::vector<ValueId>(graph.outputs)) {
    const TensorType type = graph.at(id).type;
    if (!is_float(type.dtype) || type.shape.elements() == 0) continue;
    const Term weighted = builder.term(id) * builder.constant(random_weights(type, rng));
    const Term sum = reshaped(builder.apply("ReduceSum", {weighted}), {1});
    sums.push_back(type.dtype == DType::f32 ? sum : builder.apply("Cast", {sum}, {{"to", std::int64_t{1}}}));
  }
  if (sums.empty()) return {};
  const ValueId loss = builder.apply("Sum", sums).id;
  REQUIRE(builder.status());
  graph.outputs = {loss};
  return loss;
}

// The weights of Resample2d are structure: it has no gradient with respect to them.
std::vector<ValueId> variables_of(const Graph& graph, const OpDef& op) {
  std::vector<ValueId> variables;
  for (std::uint32_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    const bool is_input = std::ranges::find(graph.inputs, ValueId{i}) != graph.inputs.end();
    const bool is_operand = is_input || (value.is_constant() && op.name != "Resample2d");
    if (is_operand && is_float(value.type.dtype) && value.type.shape.elements() > 0) variables.push_back(ValueId{i});
  }
  return variables;
}

// A random instance of an operator with a loss behind it; nothing if it has no float operand or result.
std::optional<Problem> problem_of(const OpDef& op, Rng& rng) {
  Instance instance = draw(op, rng);
  Problem problem{.graph = std::move(instance.graph)};
  for (Value& value : problem.graph.values) {
    if (!value.is_constant()) continue;
    Tensor tensor{.dtype = value.type.dtype, .shape = value.type.shape, .bytes = *value.data};
    round_to_grid(tensor);
    value.data = std::make_shared<const Bytes>(tensor.bytes);
  }
  for (std::size_t i = 0; i < instance.operands.size(); ++i) {
    const ValueId id = problem.graph.nodes.front().inputs[i];
    if (!id || problem.graph.at(id).is_constant()) continue;
    round_to_grid(instance.operands[i]);
    problem.operands.push_back(std::move(instance.operands[i]));
  }
  problem.variables = variables_of(problem.graph, op);
  if (problem.variables.empty()) return std::nullopt;
  if (op.gradient == nullptr) {
    const Target unused{};
    auto expanded = expand(std::move(problem.graph), {.target = unused});
    REQUIRE(expanded);
    problem.graph = *std::move(expanded);
  }
  problem.loss = add_loss(problem.graph, rng);
  if (!problem.loss) return std::nullopt;
  return problem;
}

double loss_of(const Problem& problem) {
  const auto results = interpret(problem.graph, problem.operands, Precision::reference);
  REQUIRE(results);
  return results->front().as<double>()[0];
}

// The loss as a function of one element of one variable.
class Coordinate {
 public:
  Coordinate(Problem& problem, ValueId variable, std::size_t element)
      : problem_(problem), variable_(variable), element_(element) {}

  double loss_at(double distance) {
    Problem moved = problem_;
    const auto input = std::ranges::find(moved.graph.inputs, variable_);
    const auto index = static_cast<std::size_t>(input - moved.graph.inputs.begin());
    Tensor tensor = input != moved.graph.inputs.end() ? moved.operands[index] : moved.graph.constant(variable_);
    if (tensor.dtype == DType::f32)
      tensor.as<float>()[element_] += static_cast<float>(distance);
    else
      tensor.as<double>()[element_] += distance;
    if (input != moved.graph.inputs.end())
      moved.operands[index] = std::move(tensor);
    else
      moved.graph.at(variable_).data = std::make_shared<const Bytes>(std::move(tensor.bytes));
    return loss_of(moved);
  }

  // Central differences of sixth order (Fornberg 1988): the error is of the order of h^6.
  double derivative(double h) {
    constexpr std::array weights{45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};
    double sum = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double distance = static_cast<double>(i + 1) * h;
      sum += weights[i] * (loss_at(distance) - loss_at(-distance));
    }
    return sum / h;
  }

 private:
  Problem& problem_;
  ValueId variable_;
  std::size_t element_;
};

// Statistics of the batch; indices that are not constant.
bool has_undifferentiable_forms(std::string_view op) { return op == "BatchNormalization" || op == "Gather"; }

struct Tally {
  int instances = 0, elements = 0, kinks = 0;
  double worst = 0.0;
};

// Compares some elements. Where two step sizes disagree there is a kink or a pole between the points, and the
// difference is no derivative; the gradient has no part in that decision.
void compare(Problem& problem, Rng& rng, Tally& tally) {
  auto differentiated = differentiate(problem.graph, problem.loss, problem.variables);
  if (!differentiated && has_undifferentiable_forms(problem.graph.nodes.front().op->name)) return;
  if (!differentiated) FAIL(render(differentiated.error()));
  const auto results = interpret(*differentiated, problem.operands, Precision::reference);
  REQUIRE(results);
  for (std::size_t i = 0; i < problem.variables.size(); ++i) {
    const std::vector<double> gradient = (*results)[i + 1].to_reals();
    REQUIRE((*results)[i + 1].shape == problem.graph.at(problem.variables[i]).type.shape);
    double largest = 1e-3;
    for (const double value : gradient) largest = std::max(largest, std::isfinite(value) ? std::fabs(value) : 0.0);
    for (int round = 0; round < 2; ++round) {
      const auto element = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(gradient.size()) - 1));
      Coordinate coordinate(problem, problem.variables[i], element);
      const double coarse = coordinate.derivative(step), fine = coordinate.derivative(step / 2);
      const double scale = std::max(largest, std::fabs(fine));
      if (!(std::fabs(coarse - fine) <= tolerance / 10.0 * scale)) {
        ++tally.kinks;
        continue;
      }
      ++tally.elements;
      const double error = std::fabs(gradient[element] - fine) / scale;
      CAPTURE(i, element, gradient[element], fine);
      CHECK(error <= tolerance);
      tally.worst = std::max(tally.worst, std::isnan(error) ? 1.0 : error);
    }
  }
  ++tally.instances;
}

int wanted_instances() {
  const char* given = std::getenv("MOTE_GRADIENT_INSTANCES");
  return given != nullptr ? std::max(1, std::atoi(given)) : 25;
}

// Written as others, all of which have gradients; the rest of the expansions round or compare, or have windows in
// ONNX's layout, which the passes turn into the core ones.
constexpr std::array expanded_ops{"DepthToSpace",       "GroupNormalization", "InstanceNormalization",
                                  "LayerNormalization", "LpNormalization",    "MeanVarianceNormalization",
                                  "RMSNormalization",   "SpaceToDepth"};

bool is_differentiable(const OpDef& op) {
  // These have the gradient of what they stand for, not their own, which is 0: see the tests below.
  if (op.name == "FakeQuantize" || op.name == "LearnedQuantize") return false;
  return op.gradient != nullptr || std::ranges::find(expanded_ops, op.name) != expanded_ops.end();
}

}  // namespace

TEST_CASE("every gradient agrees with central differences in double precision") {
  const int wanted = wanted_instances();
  for (const OpDef* op : all_ops()) {
    if (!is_differentiable(*op)) continue;
    INFO(op->name);
    Rng rng(2026);
    Tally tally;
    for (int tries = 0; tally.instances < wanted && tries < 50 * wanted; ++tries)
      if (auto problem = problem_of(*op, rng)) compare(*problem, rng, tally);
    CHECK(tally.instances == wanted);
    CHECK(tally.elements > tally.instances / 2);
    CHECK(tally.worst <= tolerance);
    if (std::getenv("MOTE_GRADIENT_INSTANCES") != nullptr)
      WARN(op->name << ": " << tally.instances << " instances, " << tally.elements << " elements, worst error "
                    << tally.worst << ", " << tally.kinks << " at kinks");
  }
}

TEST_CASE("rounding passes the gradient straight through, saturation stops it") {
  const Tensor x = floats({4}, {-20.0F, -0.3F, 0.7F, 20.0F});
  Instance instance{
      .graph = *single_node(*find_op("FakeQuantize"),
                            {.attrs = {{"scale", 0.1F}}, .inputs = {{.type = {.dtype = x.dtype, .shape = x.shape}}}}),
      .operands = {x}};
  Graph& graph = instance.graph;
  TermBuilder builder(graph, {});
  const ValueId loss = builder.apply("ReduceSum", {builder.term(graph.outputs[0])}).id;
  const auto differentiated = differentiate(graph, loss, graph.inputs);
  REQUIRE(differentiated);
  CHECK(elements<float>(interpret(*differentiated, instance.operands)->back()) == std::vector{0.0F, 1.0F, 1.0F, 0.0F});
}

TEST_CASE("a learned scale moves with what rounding and saturation do to it") {
  // Steps of 0.5 and 0.25, levels -2..3: -0.3 rounds to -0.5 (level -1), 0.65 to 0.75 (level 3); the rest saturates.
  const Tensor x = floats({2, 2}, {-0.3F, 0.65F, 5.0F, -9.0F});
  const Tensor log_scale = floats({2}, {std::log(0.5F), std::log(0.25F)});
  Instance instance{.graph = *single_node(*find_op("LearnedQuantize"),
                                          {.attrs = {{"lowest", std::int64_t{-2}}, {"highest", std::int64_t{3}}},
                                           .inputs = {{.type = {.dtype = x.dtype, .shape = x.shape}},
                                                      {.type = {.dtype = x.dtype, .shape = log_scale.shape}}}}),
                    .operands = {x, log_scale}};
  Graph& graph = instance.graph;
  TermBuilder builder(graph, {});
  const Term y = builder.term(graph.outputs[0]);
  const Term weight = builder.constant(floats({2, 2}, {1.0F, 10.0F, 100.0F, 1000.0F}));
  const ValueId loss = builder.apply("ReduceSum", {y * weight}).id;
  graph.outputs = {y.id};
  const auto differentiated = differentiate(graph, loss, graph.inputs);
  REQUIRE(differentiated);
  const auto results = interpret(*differentiated, instance.operands, Precision::reference);
  REQUIRE(results);
  const auto close = [](const Tensor& given, const std::vector<double>& expected) {
    const std::vector<double> values = given.to_reals();
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(values[i] == Approx(expected[i]).epsilon(1e-6));
  };
  close((*results)[0], {-0.5, 0.75, 1.5, -0.5});
  close((*results)[1], {1.0, 10.0, 0.0, 0.0});
  // Times s: (round(v) - v) s inside, limit s outside.
  close((*results)[2], {1.0 * (-0.5 + 0.3) + 100.0 * 1.5, 10.0 * (0.75 - 0.65) + 1000.0 * -0.5});
}

TEST_CASE("a value that is read twice has the sum of both gradients") {
  Graph graph;
  graph.inputs = {graph.add_value("x", {.dtype = DType::f32, .shape = *Shape::make({2})})};
  TermBuilder builder(graph, {});
  const Term x = builder.term(graph.inputs[0]);
  const ValueId loss = builder.apply("ReduceSum", {x * x * x}).id;
  const auto differentiated = differentiate(graph, loss, graph.inputs);
  REQUIRE(differentiated);
  const std::vector<Tensor> operands{floats({2}, {2.0F, -1.0F})};
  CHECK(elements<float>(interpret(*differentiated, operands)->back()) == std::vector{12.0F, 3.0F});
}

TEST_CASE("what the loss does not depend on has a gradient of zero") {
  Graph graph;
  const TensorType type{.dtype = DType::f32, .shape = *Shape::make({3})};
  graph.inputs = {graph.add_value("x", type), graph.add_value("unread", type)};
  TermBuilder builder(graph, {});
  const ValueId loss = builder.apply("ReduceSum", {builder.term(graph.inputs[0])}).id;
  const auto differentiated = differentiate(graph, loss, graph.inputs);
  REQUIRE(differentiated);
  const std::vector<Tensor> operands{counting({3}), counting({3})};
  CHECK(elements<float>(interpret(*differentiated, operands)->back()) == std::vector{0.0F, 0.0F, 0.0F});
}

TEST_CASE("an operator without a gradient between loss and variable is refused by name") {
  Graph graph;
  graph.inputs = {graph.add_value("x", {.dtype = DType::f32, .shape = *Shape::make({2})})};
  TermBuilder builder(graph, {});
  const Term product = builder.apply("ReduceProd", {builder.term(graph.inputs[0])});
  const auto differentiated = differentiate(graph, product.id, graph.inputs);
  REQUIRE_FALSE(differentiated);
  CHECK(differentiated.error().code == Code::unsupported_form);
  CHECK(differentiated.error().message.find("ReduceProd") != std::string::npos);
}
