#include "passes/distill/distillation.hpp"

#include <cmath>

#include "lib/exec/gradient.hpp"
#include "lib/ops/term.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Scores of three classes from two numbers; `seed` of the weights.
Graph classifier(const std::string& seed) {
  return graph_of("graph \"classifier\"\ninput %x : f32[1x2]\nconstant @w : f32[2x3] = random " + seed +
                  "\nconstant @b : f32[3] = fill 0.5\n"
                  "%z = Dense(%x, @w, @b) : f32[1x3]\n%y = Softmax(%z) {axis=-1} : f32[1x3]\noutput %y\n");
}

Graph regressor(const std::string& seed) {
  return graph_of("graph \"regressor\"\ninput %x : f32[1x2]\nconstant @w : f32[2x3] = random " + seed +
                  "\n%y = Dense(%x, @w) : f32[1x3]\noutput %y\n");
}

Tensor row(const std::vector<float>& values) {
  Tensor tensor = Tensor::zeros(DType::f32, *Shape::make({1, static_cast<std::int64_t>(values.size())}));
  std::ranges::copy(values, tensor.as<float>().begin());
  return tensor;
}

const Tensor sample = row({0.75F, -1.25F});

double loss_of(const Graph& student, const Graph& teacher, const DistillationOptions& options,
               const std::vector<Tensor>& inputs = {sample}) {
  const auto parts = distillation(student, teacher, options);
  REQUIRE(parts);
  REQUIRE(verify(parts->graph, Stage::fused));
  const auto results = interpret(parts->graph, inputs, Precision::reference);
  REQUIRE(results);
  return results->front().to_reals().front();
}

std::vector<double> outputs_of(const Graph& graph) {
  return (*interpret(graph, std::vector{sample}, Precision::reference)).front().to_reals();
}

// At temperature 1 the softmax that was looked through is the network's own.
double divergence_of(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] * std::log(p[i] / q[i]);
  return sum;
}

}  // namespace

TEST_CASE("a student that is its teacher has nothing to learn") {
  CHECK(loss_of(classifier("1"), classifier("1"), {}) == Approx(0.0).margin(1e-12));
  CHECK(loss_of(regressor("1"), regressor("1"), {}) == Approx(0.0).margin(1e-12));
}

TEST_CASE("the loss of a classifier is the divergence of what teacher and student give") {
  const Graph student = classifier("1"), teacher = classifier("2");
  const double expected = divergence_of(outputs_of(teacher), outputs_of(student));
  CHECK(expected > 0.001);
  CHECK(loss_of(student, teacher, {.temperature = 1.0F}) == Approx(expected).epsilon(1e-6));
}

TEST_CASE("the divergence is that of the numbers in front of the softmax even if its result is rounded") {
  Graph student = classifier("1");
  TermBuilder builder(student, {});
  student.outputs = {builder.apply("FakeQuantize", {builder.term(student.outputs[0])}, {{"scale", 0.25F}}).id};
  CHECK(loss_of(student, classifier("2"), {}) == loss_of(classifier("1"), classifier("2"), {}));
}

TEST_CASE("at high temperatures the divergence becomes half the variance of the difference of scores") {
  // T^2 KL tends to sum (d_i - mean d)^2 / (2 classes) (Hinton et al. 2015, section 2.1).
  const Graph student = classifier("1"), teacher = classifier("2");
  const auto p = outputs_of(teacher), q = outputs_of(student);
  double mean = 0.0, expected = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) mean += std::log(p[i] / q[i]) / 3.0;
  for (std::size_t i = 0; i < p.size(); ++i) expected += std::pow(std::log(p[i] / q[i]) - mean, 2) / 6.0;
  CHECK(loss_of(student, teacher, {.temperature = 1000.0F}) == Approx(expected).epsilon(0.01));
}

TEST_CASE("labels are cross entropy, by their share") {
  const Graph student = classifier("1"), teacher = classifier("2");
  const std::vector<Tensor> inputs{sample, row({0.0F, 1.0F, 0.0F})};
  const double entropy = -std::log(outputs_of(student)[1]);
  CHECK(loss_of(student, teacher, {.with_labels = true, .label_share = 1.0F}, inputs) == Approx(entropy).epsilon(1e-6));
  const double distance = divergence_of(outputs_of(teacher), outputs_of(student));
  CHECK(loss_of(student, teacher, {.temperature = 1.0F, .with_labels = true, .label_share = 0.25F}, inputs) ==
        Approx(0.75 * distance + 0.25 * entropy).epsilon(1e-6));
}

TEST_CASE("the loss of numbers is their mean squared difference") {
  const Graph student = regressor("1"), teacher = regressor("2");
  const auto a = outputs_of(student), b = outputs_of(teacher);
  double expected = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) expected += (a[i] - b[i]) * (a[i] - b[i]) / 3.0;
  CHECK(loss_of(student, teacher, {}) == Approx(expected).epsilon(1e-6));
}

TEST_CASE("the student's weights and biases are learned, the teacher's are not") {
  const Graph student = classifier("1");
  const auto parts = distillation(student, classifier("2"), {});
  REQUIRE(parts);
  const Node& dense = student.nodes.front();
  CHECK(parts->variables == std::vector{dense.inputs[1], dense.inputs[2]});
  CHECK(differentiate(parts->graph, parts->graph.outputs[0], parts->variables));
}

TEST_CASE("steps are shares of the size of what is learned, whole ones where that is zero") {
  const auto parts = distillation(graph_of("graph \"g\"\ninput %x : f32[1x2]\nconstant @w : f32[2x3] = fill -0.25\n"
                                           "constant @b : f32[3] = fill 0.0\n"
                                           "%y = Dense(%x, @w, @b) : f32[1x3]\noutput %y\n"),
                                  regressor("1"), {});
  REQUIRE(parts);
  CHECK(parts->units == std::vector{0.25F, 1.0F});
}

TEST_CASE("zeros stay zeros where weights were thinned out, not where few levels made them") {
  const auto kept_by = [](const std::vector<double>& column) {
    Graph student = graph_of("graph \"g\"\ninput %x : f32[1x16]\nconstant @w : f32[16x3] = fill 1.0\n"
                             "%y = Dense(%x, @w) : f32[1x3]\noutput %y\n");
    const ValueId id = *std::ranges::find_if(student.nodes[0].inputs, [&](ValueId one) { return student.at(one).is_constant(); });
    Tensor weights = student.constant(id);
    for (std::size_t i = 0; i < weights.as<float>().size(); ++i)
      weights.as<float>()[i] = static_cast<float>(column[i / 3] * (1.0 + static_cast<double>(i % 3)));
    student.at(id).data = std::make_shared<const Bytes>(std::move(weights.bytes));
    const auto parts = distillation(student, student, {});
    REQUIRE(parts);
    return parts->keeps_zeros;
  };
  std::vector<double> of_7_levels, many_levels, thinned_out;
  for (int i = 0; i < 16; ++i) {
    of_7_levels.push_back(i % 4 == 0 ? 0.0 : i % 7 - 3.0);
    many_levels.push_back(i % 4 == 0 ? 0.0 : std::sqrt(2.0 + i));
    thinned_out.push_back(i % 3 == 0 ? i % 7 - 3.0 : 0.0);
  }
  CHECK(kept_by(of_7_levels) == std::vector{false});
  CHECK(kept_by(many_levels) == std::vector{true});
  CHECK(kept_by(thinned_out) == std::vector{true});
}

TEST_CASE("a student of another kind than its teacher is refused") {
  const auto parts = distillation(graph_of("graph \"g\"\ninput %x : f32[1x4]\nconstant @w : f32[4x3] = random 1\n"
                                           "%y = Dense(%x, @w) : f32[1x3]\noutput %y\n"),
                                  regressor("1"), {});
  REQUIRE_FALSE(parts);
  CHECK(parts.error().code == Code::shape_mismatch);
  CHECK(parts.error().message.find("1x4") != std::string::npos);
}

TEST_CASE("a student without weights is refused") {
  const std::string text = "graph \"g\"\ninput %x : f32[1x2]\n%y = Relu(%x) : f32[1x2]\noutput %y\n";
  const auto parts = distillation(graph_of(text), graph_of(text), {});
  REQUIRE_FALSE(parts);
  CHECK(parts.error().code == Code::unsupported_form);
}

TEST_CASE("initial weights are as wide as their inputs are few, the same for a seed") {
  Graph first = classifier("1"), second = classifier("9");
  draw_initial_weights(first, 5);
  draw_initial_weights(second, 5);
  const Node& dense = first.nodes.front();
  const std::vector<double> weights = first.constant(dense.inputs[1]).to_reals();
  CHECK(weights == second.constant(dense.inputs[1]).to_reals());
  for (const double weight : weights) CHECK(std::fabs(weight) <= std::sqrt(6.0 / 2.0));
  CHECK(first.constant(dense.inputs[2]).to_reals() == std::vector{0.0, 0.0, 0.0});
}
