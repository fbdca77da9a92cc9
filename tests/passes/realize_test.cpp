// Every operator with an integer form, between FakeQuantize nodes, against the same graph in real numbers: what the
// integers stand for may differ by one level where the real result lies next to the middle between two.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "lib/quant/grid.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Attrs attrs_of_grid(const Grid& grid) {
  return {{"scale", grid.scale},
          {"zero_point", std::int64_t{grid.zero_point}},
          {"lowest", std::int64_t{grid.lowest}},
          {"highest", std::int64_t{grid.highest}}};
}

ValueId fake_quantize(Graph& graph, ValueId real, const Grid& grid) {
  const ValueId result = graph.add_value(graph.at(real).name + "_on_grid", graph.at(real).type);
  graph.nodes.push_back({.op = find_op("FakeQuantize"), .attrs = attrs_of_grid(grid), .inputs = {real},
                         .outputs = {result}, .origin = {}});
  return result;
}

struct Ends {
  std::vector<Tensor> inputs{};
  double low = 0.0, high = 0.0;
};

// Random inputs, and where the results fall for them.
Ends ends_of(const Graph& graph, std::uint64_t seed) {
  Ends ends;
  for (std::uint64_t i = 0; i < 4; ++i) {
    ends.inputs = random_inputs(graph, seed + i);
    for (const double value : (*interpret(graph, ends.inputs, Precision::reference))[0].to_reals()) {
      ends.low = std::min(ends.low, value);
      ends.high = std::max(ends.high, value);
    }
  }
  return ends;
}

// x -> FakeQuantize -> operator -> FakeQuantize, with grids that fit.
struct Quantized {
  Graph graph{};
  Grid output{};
};
Quantized between_grids(const Graph& plain, Rng& rng, const Ends& ends) {
  Quantized result{.graph = plain, .output = {}};
  Graph& graph = result.graph;
  Node node = graph.nodes[0];
  graph.nodes.clear();
  for (ValueId& id : node.inputs)
    if (id && !graph.at(id).is_constant())
      id = fake_quantize(graph, id, activation_grid(-rng.real(0.2F, 1.0F), rng.real(0.2F, 1.0F), 8));
  graph.nodes.push_back(node);
  const float share = rng.chance(3) ? rng.real(0.3F, 0.9F) : 1.0F;  // now and then the output saturates
  result.output = node.op->name == "Softmax" ? softmax_grid(8)
                                             : activation_grid(ends.low * static_cast<double>(share),
                                                               ends.high * static_cast<double>(share), 8);
  graph.outputs = {fake_quantize(graph, node.outputs[0], result.output)};
  return result;
}

// Weights that are whole multiples of a scale, as calibration leaves them: then nothing but the result is rounded.
void put_weights_on_levels(Sample& sample) {
  if (sample.inputs.size() < 2 || !sample.inputs[1].constant) return;
  for (float& weight : sample.inputs[1].constant->as<float>()) weight = std::round(weight * 127.0F) / 127.0F;
}

struct Levels {
  std::int64_t compared = 0, moved = 0;
  double worst = 0.0;
};
void compare(const Graph& real, const Graph& integer, const Grid& grid, Levels& levels) {
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    const auto inputs = random_inputs(real, seed);
    const auto expected = interpret(real, inputs, Precision::reference);
    const auto found = interpret(integer, inputs, Precision::single);
    REQUIRE(found);
    const std::vector<double> a = (*expected)[0].to_reals(), b = (*found)[0].to_reals();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double apart = std::abs(a[i] - b[i]) / static_cast<double>(grid.scale);
      levels.worst = std::max(levels.worst, apart);
      levels.moved += apart > 0.5 ? 1 : 0;
      ++levels.compared;
    }
  }
}

bool has_float_arithmetic(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    const std::string_view op = node.op->name;
    return op != "QuantizeLinear" && op != "DequantizeLinear" && graph.at(node.outputs[0]).type.dtype == DType::f32;
  });
}

bool is_set(const Sample& sample, std::string_view attr) {
  const auto found = sample.attrs.find(attr);
  return found != sample.attrs.end() && std::get<std::int64_t>(found->second) != 0;
}

void check_operator(std::string_view name, int rounds = 60) {
  INFO(name);
  Levels levels;
  Rng rng(11);
  const OpDef* op = find_op(name);
  REQUIRE(op != nullptr);
  for (int round = 0; round < rounds; ++round) {
    Sample sample = op->sample(rng);
    const TensorType& type = sample.inputs[0].type;
    if (type.dtype != DType::f32 || type.shape.elements() == 0 || type.shape.rank() == 0) continue;
    if (is_set(sample, "noop_with_empty_axes") || is_set(sample, "flatten")) continue;  // no integer form: stay real
    put_weights_on_levels(sample);
    auto plain = single_node(*op, sample);
    REQUIRE(plain);
    const Ends ends = ends_of(*plain, static_cast<std::uint64_t>(round) * 10);
    if (!std::isfinite(ends.low) || !std::isfinite(ends.high) || ends.high - ends.low < 1e-3) continue;
    const Quantized quantized = between_grids(*plain, rng, ends);
    const Target target{};
    const Pass* realize = find_pass("realize-integers");
    const auto integer = run_passes({realize, 1}, quantized.graph, {.target = target});
    INFO((integer ? std::string() : render(integer.error())));
    REQUIRE(integer);
    INFO(print(*integer, ConstantText::omitted));
    CHECK_FALSE(has_float_arithmetic(*integer));
    compare(quantized.graph, *integer, quantized.output, levels);
    CHECK(levels.worst < 1.01);
  }
  INFO(levels.moved << " of " << levels.compared << " moved by a level");
  CHECK(levels.compared > 0);
  CHECK(static_cast<double>(levels.moved) <= 0.02 * static_cast<double>(levels.compared));
}

}  // namespace

TEST_CASE("Products whose weights lie on levels give the nearest level", "[realize]") {
  for (const char* op : {"Conv2d", "DepthwiseConv2d", "Dense"}) check_operator(op);
}

TEST_CASE("Quantized sums, products, means and reductions give the nearest level", "[realize]") {
  for (const char* op : {"Add", "Sub", "Mul", "MatMul", "AveragePool2d", "ReduceMean", "ReduceSum", "Softmax"})
    check_operator(op);
}

TEST_CASE("Functions of one quantized value become tables", "[realize]") {
  for (const char* op : {"Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "Elu", "Abs", "Neg"})
    check_operator(op, 20);
}

TEST_CASE("What moves elements moves levels", "[realize]") {
  for (const char* op : {"Transpose", "Reshape", "Slice", "MaxPool2d", "Flatten"}) check_operator(op, 20);
}
