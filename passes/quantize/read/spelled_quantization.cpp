// spelled-quantization: quantization that exporters write out in arithmetic becomes FakeQuantize.
//   Clip(Round(x), l, h), Round(Clip(x, l, h))          FakeQuantize(x) on whole numbers l..h
//   (q(x / s + z) - z) * s, q one of those              FakeQuantize(x) of scale s and zero point z, limits l..h
// x * (1/s) and additions of -z count as x / s and subtractions of z. Where z is odd, halves go the other way: ONNX
// rounds to even after adding it, FakeQuantize before.
#include <cmath>
#include <optional>

#include "passes/quantize/quantize.hpp"
#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

constexpr double level_limit = 65535.0;
constexpr double scale_tolerance = 1e-6;  // two roundings to single precision: s and 1/s

bool is_level(double value) { return value == std::floor(value) && std::abs(value) <= level_limit; }

std::optional<Grid> whole_numbers(const Rewriter& rewriter, const Node* clip) {
  if (clip == nullptr || clip->op->name != "Clip") return std::nullopt;
  const OpView op = rewriter.view(*clip);
  if (!op.has("min") || !op.has("max") || op.in(0).dtype != DType::f32) return std::nullopt;
  const auto low = static_cast<double>(op.real("min")), high = static_cast<double>(op.real("max"));
  if (!is_level(low) || !is_level(high) || !(low < high)) return std::nullopt;
  return Grid{.scale = 1.0F, .zero_point = 0, .lowest = static_cast<std::int32_t>(low),
              .highest = static_cast<std::int32_t>(high)};
}

bool round_and_clip(Rewriter& rewriter, const Node& node) {
  const bool ends_in_clip = node.op->name == "Clip";
  if (!ends_in_clip && node.op->name != "Round") return false;
  const Node* inner = rewriter.producer(node.inputs[0], ends_in_clip ? "Round" : "Clip");
  const auto grid = inner != nullptr ? whole_numbers(rewriter, ends_in_clip ? &node : inner) : std::nullopt;
  if (!grid) return false;
  rewriter.emit("FakeQuantize", {inner->inputs[0]}, attrs_of(*grid), node.outputs[0]);
  return true;
}

// x op c with one constant element c.
struct WithConstant {
  ValueId x{};
  double constant = 0.0;
};
std::optional<WithConstant> with_constant(const Rewriter& rewriter, const Node* node, std::string_view op) {
  if (node == nullptr || node->op->name != op) return std::nullopt;
  const bool commutes = op == "Add" || op == "Mul";
  for (std::size_t side = 1; side < 3 && (side == 1 || commutes); ++side) {
    const ValueId constant = node->inputs[side % 2], x = node->inputs[1 - side % 2];
    if (!rewriter.is_constant(constant) || rewriter.type(constant).shape.elements() != 1) continue;
    if (rewriter.type(x).shape != rewriter.type(node->outputs[0]).shape) continue;
    return WithConstant{.x = x, .constant = rewriter.graph().constant(constant).to_reals()[0]};
  }
  return std::nullopt;
}

// x + c or x - (-c); x itself with c = 0 where it is neither.
WithConstant sum_of(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id);
  if (const auto sum = with_constant(rewriter, node, "Add")) return *sum;
  const auto difference = with_constant(rewriter, node, "Sub");
  return difference ? WithConstant{.x = difference->x, .constant = -difference->constant} : WithConstant{.x = id};
}

// x * c or x / (1/c).
std::optional<WithConstant> product_of(const Rewriter& rewriter, const Node* node) {
  if (const auto product = with_constant(rewriter, node, "Mul")) return product;
  const auto quotient = with_constant(rewriter, node, "Div");
  if (!quotient || quotient->constant == 0.0) return std::nullopt;
  return WithConstant{.x = quotient->x, .constant = 1.0 / quotient->constant};
}

bool scale_back(Rewriter& rewriter, const Node& node) {
  const auto scaled = product_of(rewriter, &node);
  if (!scaled || !std::isnormal(static_cast<float>(scaled->constant)) || !(scaled->constant > 0.0)) return false;
  const WithConstant moved = sum_of(rewriter, scaled->x);
  const Node* levels = rewriter.producer(moved.x, "FakeQuantize");
  if (levels == nullptr) return false;
  Grid grid = grid_of_fake_quantize(*levels);
  const WithConstant shifted = sum_of(rewriter, levels->inputs[0]);
  const auto divided = product_of(rewriter, rewriter.producer(shifted.x));
  const bool is_inverse = divided && std::abs(divided->constant * scaled->constant - 1.0) <= scale_tolerance;
  if (!is_inverse || grid.scale != 1.0F || grid.zero_point != 0 || !is_level(shifted.constant) ||
      shifted.constant != -moved.constant)
    return false;
  grid.scale = static_cast<float>(scaled->constant);
  grid.zero_point = static_cast<std::int32_t>(shifted.constant);
  rewriter.emit("FakeQuantize", {divided->x}, attrs_of(grid), node.outputs[0]);
  return true;
}

}  // namespace

Result<Graph> spelled_quantization(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next())
    if (!round_and_clip(rewriter, *node) && !scale_back(rewriter, *node)) rewriter.keep();
  return std::move(rewriter).finish();
}

}  // namespace mote
