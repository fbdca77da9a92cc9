#include "lib/ops/expansion.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/support/real_form.hpp"

namespace mote {
namespace ops {
std::span<const ExpansionRule> dynamic_quantize_expansions();
std::span<const ExpansionRule> integer_product_expansions();
std::span<const ExpansionRule> qlinear_elementwise_expansions();
std::span<const ExpansionRule> qlinear_product_expansions();
std::span<const ExpansionRule> resize_expansions();
std::span<const ExpansionRule> space_depth_expansions();
}  // namespace ops

std::optional<Expansion> expansion_of(const OpView& op) {
  const std::array families{ops::dynamic_quantize_expansions(),   ops::integer_product_expansions(),
                            ops::qlinear_elementwise_expansions(), ops::qlinear_product_expansions(),
                            ops::resize_expansions(),              ops::space_depth_expansions()};
  for (const auto& family : families)
    if (const auto rule = std::ranges::find(family, op.node.op->name, &ops::ExpansionRule::op); rule != family.end())
      return rule->expand(op);
  return std::nullopt;
}

}  // namespace mote
