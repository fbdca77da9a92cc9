#include "lib/ops/expansion.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/support/real_form.hpp"

namespace mote {
namespace ops {
std::span<const ExpansionRule> conv_transpose_expansions();
std::span<const ExpansionRule> dynamic_quantize_expansions();
std::span<const ExpansionRule> hardmax_expansions();
std::span<const ExpansionRule> integer_product_expansions();
std::span<const ExpansionRule> local_response_expansions();
std::span<const ExpansionRule> microsoft_gelu_expansions();
std::span<const ExpansionRule> normalization_expansions();
std::span<const ExpansionRule> qlinear_elementwise_expansions();
std::span<const ExpansionRule> qlinear_product_expansions();
std::span<const ExpansionRule> resize_expansions();
std::span<const ExpansionRule> scatter_expansions();
std::span<const ExpansionRule> space_depth_expansions();
}  // namespace ops

std::optional<Expansion> expansion_of(const OpView& op) {
  const std::array families{ops::conv_transpose_expansions(),   ops::dynamic_quantize_expansions(),
                            ops::hardmax_expansions(),          ops::integer_product_expansions(),
                            ops::local_response_expansions(),   ops::microsoft_gelu_expansions(),
                            ops::normalization_expansions(),    ops::qlinear_elementwise_expansions(),
                            ops::qlinear_product_expansions(),  ops::resize_expansions(),
                            ops::scatter_expansions(),           ops::space_depth_expansions()};
  for (const auto& family : families)
    if (const auto rule = std::ranges::find(family, op.node.op->name, &ops::ExpansionRule::op); rule != family.end())
      return rule->expand(op);
  return std::nullopt;
}

}  // namespace mote
