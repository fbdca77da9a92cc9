#include "lib/plan/sparsity.hpp"

#include <algorithm>

#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/ops/support/weight_levels.hpp"

namespace mote {
namespace {

constexpr std::size_t w_operand = 1;

std::optional<std::int64_t> zeros_of(const OpView& product) {
  if (!product.is_constant(w_operand)) return std::nullopt;
  const DType dtype = product.in(w_operand).dtype;
  if (dtype == DType::s8) return std::ranges::count(product.constant(w_operand).as<std::int8_t>(), std::int8_t{0});
  if (dtype == DType::f32) return std::ranges::count(product.constant(w_operand).as<float>(), 0.0F);
  return std::nullopt;
}

// The operand that the kernel reads.
std::size_t stored_operand(const OpView& product) {
  if (product.in(w_operand).dtype != DType::s8) return ops::has_levels(product) ? ops::levels_operand : w_operand;
  if (ops::has_stream(product)) return ops::stream_operand;
  return ops::is_packed(product) ? ops::packed_operand : w_operand;
}

}  // namespace

std::vector<SparseLayer> sparse_layers(const Plan& plan) {
  std::vector<SparseLayer> layers;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    if (plan.steps[step].call.traversal != Traversal::window || plan.steps[step].call.macs == 0) continue;
    const OpView product{plan.graph, plan.graph.nodes[plan.steps[step].node]};
    const auto zeros = zeros_of(product);
    const std::int64_t weights = zeros ? product.in(w_operand).shape.elements() : 0;
    if (!zeros || *zeros == 0 || 8 * *zeros < weights) continue;
    const std::size_t stored = stored_operand(product);
    layers.push_back({.step = step,
                      .weights = weights,
                      .zeros = *zeros,
                      .plain_bytes = product.in(w_operand).bytes(),
                      .stored_bytes = product.in(stored).bytes(),
                      .leaves_zeros_out = stored == ops::stream_operand});
  }
  return layers;
}

}  // namespace mote
