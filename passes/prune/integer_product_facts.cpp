#include "lib/ops/support/requantize.hpp"
#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/prune/channel_facts.hpp"

namespace mote {
namespace {

using ops::Interval;

Interval levels_of(const ChannelFact& fact) {
  return {static_cast<std::int64_t>(fact.lowest), static_cast<std::int64_t>(fact.highest)};
}

// What the accumulators can be; the operator has proven that they fit 32 bits.
std::vector<Interval> accumulators(const OpView& op, const ProductForm& form, const std::vector<ChannelFact>& x) {
  const std::vector<std::int64_t> weights = op.constant(1).to_integers();
  std::vector<Interval> sums;
  for (const std::int64_t start : op.constant(2).to_integers()) sums.push_back(ops::point(start));
  const Interval pad = ops::point(static_cast<std::int64_t>(form.pad_value));
  for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t oc) {
    const Interval level = levels_of(x[ic]);
    sums[oc] = sums[oc] + (form.padded ? hull(level, pad) : level) * ops::point(weights[i]);
  });
  return sums;
}

}  // namespace

// Exact: a channel is constant if the results of its least and its greatest accumulator are the same level, because
// constants are all that it reads, or because its multiplier or clamp leaves nothing else.
std::vector<ChannelFact> integer_product_facts(const OpView& op, const ProductForm& form, const ChannelFacts& facts) {
  const std::vector<Interval> sums = accumulators(op, form, facts[*op.node.inputs[0]]);
  const std::vector<std::int64_t> multipliers = op.constant(form.multiplier).to_integers();
  const ops::Requantization requantize = ops::requantization_of(op);
  std::vector<ChannelFact> result(sums.size());
  for (std::size_t oc = 0; oc < sums.size(); ++oc) {
    Interval residual{};
    if (op.has_in(form.residual))
      residual = levels_of(facts[*op.node.inputs[form.residual]][oc]) * ops::point(256 * op.integer("residual_multiplier"));
    ChannelFact& fact = result[oc];
    fact.lowest = static_cast<double>(requantize(sums[oc].lowest, multipliers[oc], residual.lowest));
    fact.highest = static_cast<double>(requantize(sums[oc].highest, multipliers[oc], residual.highest));
    if (fact.lowest == fact.highest) fact.constant = fact.lowest;
  }
  return result;
}

}  // namespace mote
