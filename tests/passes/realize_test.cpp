// Every operator with an integer form, between FakeQuantize nodes, against the same graph in real numbers: what the
// integers stand for may differ by one level where the real result lies next to the middle between two.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/passes/between_grids.hpp"

using namespace mote;
using namespace mote::test;

namespace {

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

void make_parameters_constant(Sample& sample) {
  Rng rng(5);
  for (std::size_t i = 1; i < sample.inputs.size(); ++i) {
    Tensor values = Tensor::zeros(DType::f32, sample.inputs[i].type.shape);
    for (float& value : values.as<float>()) value = rng.real(-2.0F, 2.0F);
    sample.inputs[i].constant = std::move(values);
  }
}

void check_operator(std::string_view name, int rounds = 60, void (*prepare)(Sample&) = put_weights_on_levels) {
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
    prepare(sample);
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

TEST_CASE("Normalized rows give the nearest level", "[realize]") {
  check_operator("Normalize", 60, make_parameters_constant);
}

TEST_CASE("Images of integers are resized in integers, on their own grid", "[realize]") {
  const Graph real = graph_of(R"(graph "resized"
input %x : f32[1x2x3x2]
constant @rows : s32[4] = [0, 0, 0, 0]
constant @row_weights : f32[4x2] = [1.0, 0.0, 0.7, 0.3, 0.35, 0.65, 0.0, 1.0]
constant @columns : s32[5] = [0, 0, 1, 1, -1]
constant @column_weights : f32[5x2] = [1.0, 0.0, 0.4, 0.6, 0.8, 0.2, 0.0, 1.0, 0.0, 0.0]
%a = FakeQuantize(%x) {scale=0.0078125, zero_point=3} : f32[1x2x3x2]
%b = Resample2d(%a, @rows, @row_weights, @columns, @column_weights) {axis=1, outside=0.5} : f32[1x4x5x2]
%y = FakeQuantize(%b) {scale=0.0078125, zero_point=3} : f32[1x4x5x2]
output %y
)");
  const Graph integer = run_pass("realize-integers", real);
  CHECK(count_of(integer, "QuantizedResample2d") == 1);
  CHECK_FALSE(has_float_arithmetic(integer));
  for (std::uint64_t seed = 1; seed < 9; ++seed) {
    const auto inputs = random_inputs(real, seed);
    const auto expected = (*interpret(real, inputs, Precision::reference))[0].to_reals();
    const auto found = (*interpret(integer, inputs))[0].to_reals();
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(0.0079));
  }
}

TEST_CASE("A clamp behind a concatenation or a softmax clamps the levels", "[realize]") {
  for (const char* op : {"Concat(%a, %b) {axis=1}", "Softmax(%a) {axis=1}"}) {
    const bool joins = std::string(op).starts_with("Concat");
    const std::string type = joins ? "f32[1x8]" : "f32[1x4]";
    const std::string scale = joins ? "scale=0.0078125, zero_point=0, lowest=-127, highest=127"
                                    : "scale=0.00390625, zero_point=-128, lowest=-128, highest=127";
    const Graph real = graph_of("graph \"clamped\"\ninput %x : f32[1x4]\ninput %z : f32[1x4]\n"
                                "%a = FakeQuantize(%x) {scale=0.0078125, zero_point=0, lowest=-127, highest=127} : f32[1x4]\n"
                                "%b = FakeQuantize(%z) {scale=0.0078125, zero_point=0, lowest=-127, highest=127} : f32[1x4]\n"
                                "%c = " + std::string(op) + " : " + type + "\n" +
                                "%d = Clip(%c) {max=0.25} : " + type + "\n%e = Relu(%d) : " + type + "\n" +
                                "%y = FakeQuantize(%e) {" + scale + "} : " + type + "\noutput %y\n");
    const Graph integer = run_pass("realize-integers", real);
    INFO(print(integer, ConstantText::omitted));
    CHECK_FALSE(has_float_arithmetic(integer));
    for (std::uint64_t seed = 1; seed < 9; ++seed) {
      const auto inputs = random_inputs(real, seed);
      const auto expected = (*interpret(real, inputs, Precision::reference))[0].to_reals();
      const auto found = (*interpret(integer, inputs))[0].to_reals();
      for (std::size_t i = 0; i < expected.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(0.0040));
    }
  }
}

TEST_CASE("Of clamps that do not meet the last one wins", "[realize]") {
  const Graph integer = run_pass("realize-integers", graph_of(
      "graph \"clamps\"\ninput %x : f32[1x4]\n"
      "%a = FakeQuantize(%x) {scale=0.0078125} : f32[1x4]\n%b = Add(%a, %a) : f32[1x4]\n%c = Relu(%b) : f32[1x4]\n"
      "%d = Clip(%c) {max=-0.5} : f32[1x4]\n%y = FakeQuantize(%d) {scale=0.0078125} : f32[1x4]\noutput %y\n"));
  for (const double value : (*interpret(integer, random_inputs(integer, 3)))[0].to_reals()) CHECK(value == -0.5);
}
