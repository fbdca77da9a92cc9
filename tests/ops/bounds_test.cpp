// What operators claim about their integers, against every value that they really give.
#include <catch2/catch.hpp>

#include <map>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/certificate.hpp"
#include "lib/ops/text_form.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using ops::Interval;

namespace {

IntegerBounds bounds_of(const Graph& graph, std::vector<Interval> inputs) {
  const Node& node = graph.nodes.front();
  return node.op->bounds({graph, node}, inputs);
}

Interval observed(const Tensor& tensor) {
  const std::vector<std::int64_t> values = tensor.to_integers();
  const auto [lowest, highest] = std::ranges::minmax(values);
  return {lowest, highest};
}

// acc = 3 a - 2 b + bias, y = floor(acc * multiplier / 2^32) limited to 40. x stands for x / 4, weights for w / 2 and y
// for y / 2, so that a unit of the accumulator is a quarter of a level; of the bias 2 units are the half to be rounded.
Graph hand_computed(std::int32_t multiplier) {
  const Sample sample{
      .attrs = {{"highest", std::int64_t{40}}},
      .inputs = {{.type = {.dtype = DType::s8, .shape = *Shape::make({1, 2})}},
                 {.type = {.dtype = DType::s8, .shape = *Shape::make({2, 1})},
                  .constant = tensor<std::int8_t>(DType::s8, {2, 1}, {3, -2})},
                 {.type = {.dtype = DType::s32, .shape = *Shape::make({1})},
                  .constant = tensor<std::int32_t>(DType::s32, {1}, {100})},
                 {.type = {.dtype = DType::s32, .shape = *Shape::make({1})},
                  .constant = tensor<std::int32_t>(DType::s32, {1}, {multiplier})}}};
  auto graph = single_node(*find_op("QuantizedDense"), sample);
  REQUIRE(graph);
  const Node& node = graph->nodes[0];
  graph->at(node.inputs[0]).type.quant = QuantParams{.scale = {0.25F}, .zero_point = {0}};
  graph->at(node.inputs[1]).type.quant = QuantParams{.scale = {0.5F}, .zero_point = {0}, .axis = 1};
  graph->at(node.inputs[2]).type.quant = QuantParams{.scale = {0.125F}, .zero_point = {2}, .axis = 0};
  graph->at(node.outputs[0]).type.quant = QuantParams{.scale = {0.5F}, .zero_point = {0}};
  return *std::move(graph);
}

// Integers of a part of the type, the ends more often than not.
Interval part_of(Rng& rng, DType dtype) {
  const Interval type = ops::interval_of(dtype);
  const std::int64_t a = rng.integer(type.lowest, type.highest), b = rng.integer(type.lowest, type.highest);
  return rng.chance(3) ? type : Interval{std::min(a, b), std::max(a, b)};
}
Tensor filled(Rng& rng, const TensorType& type, const Interval& part) {
  Tensor tensor = Tensor::zeros(type.dtype, type.shape);
  visit_dtype(type.dtype, [&]<class T>() {
    for (T& element : tensor.as<T>())
      element = static_cast<T>(rng.chance(2) ? rng.integer(part.lowest, part.highest)
                                             : rng.chance(2) ? part.lowest : part.highest);
  });
  return tensor;
}

bool is_small_integer(DType dtype) { return !is_float(dtype) && dtype != DType::boolean && byte_size(dtype) <= 2; }

// Draws inputs from parts of their types and holds the results to the claim for these parts.
void check_claim(Rng& rng, Instance instance) {
  const OpView op{instance.graph, instance.graph.nodes.front()};
  std::vector<Interval> inputs;
  for (std::size_t i = 0; i < instance.operands.size(); ++i) {
    inputs.push_back({});
    if (!op.has_in(i) || op.in(i).shape.elements() == 0) continue;
    if (op.is_constant(i) || !is_small_integer(op.in(i).dtype)) {
      if (!is_float(op.in(i).dtype)) inputs.back() = observed(instance.operands[i]);
      continue;
    }
    inputs.back() = part_of(rng, op.in(i).dtype);
    instance.operands[i] = filled(rng, op.in(i), inputs.back());
  }
  const IntegerBounds bounds = bounds_of(instance.graph, inputs);
  if (bounds.accumulator) CHECK(bounds.accumulator->bits_left() >= 0);
  if (bounds.unclamped && bounds.unclamped->lowest != Interval::minus_infinity && !bounds.saturates_below() &&
      !bounds.saturates_above())
    CHECK(bounds.output == *bounds.unclamped);
  for (const Tensor& result : evaluate(instance.graph, instance.operands))
    if (result.shape.elements() > 0 && is_small_integer(result.dtype)) {
      INFO(observed(result).lowest << ".." << observed(result).highest << " claimed " << bounds.output.lowest << ".."
                                   << bounds.output.highest);
      CHECK(bounds.output.contains(observed(result)));
    }
}

}  // namespace

TEST_CASE("the bounds of a dense layer are those computed by hand") {
  const IntegerBounds bounds = bounds_of(hand_computed(1 << 30), {{-10, 20}, {-2, 3}, {100, 100}, {1 << 30, 1 << 30}});
  REQUIRE(bounds.accumulator);
  CHECK(bounds.accumulator->reached == Interval{30, 180});
  CHECK(bounds.accumulator->bits_left() == 23);  // 180 * 2^23 = 1,509,949,440
  CHECK(*bounds.unclamped == Interval{7, 45});
  CHECK(bounds.output == Interval{7, 40});
  CHECK_FALSE(bounds.saturates_below());
  CHECK(bounds.saturates_above());
  CHECK(bounds.output_rounding == 0.5);
  // The multiplier is exact; the real bias was rounded to a unit.
  CHECK(bounds.constants_rounding == 0.125);

  // A multiplier that is 2^20 too large moves sums of up to 180 by 180 / 4096 of a level.
  const IntegerBounds moved =
      bounds_of(hand_computed((1 << 30) + (1 << 20)), {{-10, 20}, {-2, 3}, {100, 100}, {1 << 30, 1 << 30}});
  CHECK(moved.constants_rounding == Approx(0.125 + 180.0 / 4096.0).epsilon(1e-12));
}

TEST_CASE("no operator leaves the interval that it claims") {
  Rng rng(77);
  int claimed = 0;
  for (const OpDef* op : all_ops()) {
    if (op->bounds == nullptr) continue;
    int checked = 0;
    for (int round = 0; round < 300 && checked < 60; ++round) {
      INFO(op->name << ", sample " << round);
      Instance instance = draw(*op, rng);
      const Value& result = instance.graph.at(instance.graph.outputs[0]);
      if (!is_small_integer(result.type.dtype) || result.type.shape.elements() == 0) continue;
      check_claim(rng, std::move(instance));
      ++checked;
    }
    claimed += checked > 0 ? 1 : 0;
  }
  CHECK(claimed >= 12);
}

TEST_CASE("a certificate holds for every input of a network, and is attained by its first layer") {
  // Each row of x is one of all 65,536 pairs of s8.
  auto graph = parse(R"(graph "all"
input %x : s8[65536x2]
constant @w : s8[2x2] = [90, -3, -70, 127]
constant @b : s32[2] = [1000, -20]
constant @m : s32[2] = [60000000, 50000000]
constant @v : s8[2x2] = [100, 5, 44, -128]
%h = QuantizedDense(%x, @w, @b, @m) {highest=90, lowest=-100} : s8[65536x2]
%r = QuantizedDense(%h, @v, @b, @m) : s8[65536x2]
%y = QuantizedAdd(%r, %h) {multiplier_a=30, multiplier_b=-90, offset=64, shift=6} : s8[65536x2]
output %y
)");
  INFO((graph ? std::string() : render(graph.error())));
  REQUIRE(graph);
  Tensor x = Tensor::zeros(DType::s8, graph->at(graph->inputs[0]).type.shape);
  for (std::size_t i = 0; i < 65536; ++i) {
    x.as<std::int8_t>()[2 * i] = static_cast<std::int8_t>(i % 256);
    x.as<std::int8_t>()[2 * i + 1] = static_cast<std::int8_t>(i / 256);
  }
  const IntegerCertificate certificate = certify(*graph);
  REQUIRE(certificate.nodes.size() == 3);
  std::map<std::size_t, Tensor> values;
  const std::vector<Tensor> inputs{x};
  REQUIRE(interpret(*graph, inputs, Precision::single, [&](ValueId id, const Tensor& tensor) { values[*id] = tensor; }));
  for (const Node& node : graph->nodes) {
    INFO(node.op->name << " " << graph->at(node.outputs[0]).name);
    CHECK(certificate.values[*node.outputs[0]].contains(observed(values.at(*node.outputs[0]))));
  }
  CHECK(certificate.values[*graph->nodes[0].outputs[0]] == observed(values.at(*graph->nodes[0].outputs[0])));
  // The fuller sum is that of channel 0: 90 a - 70 b + 1000.
  const AccumulatorBounds& accumulator = *certificate.nodes[0].bounds.accumulator;
  CHECK(accumulator.channel == 0);
  CHECK(accumulator.reached == Interval{90 * -128 - 70 * 127 + 1000, 90 * 127 + 70 * 128 + 1000});
  CHECK(certificate.nodes[0].bounds.saturates_below());
  CHECK(certificate.nodes[1].inputs[0] == Interval{-100, 90});
}
