#include <algorithm>
#include <cmath>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/prune/channel_facts.hpp"

namespace mote {
namespace {

// The sums of one output channel.
struct RealSum {
  double lowest = 0.0, highest = 0.0;
  double magnitude = 0.0;  // of all terms together
  double fixed = 0.0;      // bias and constant terms
};

void add_term(RealSum& sum, const ProductForm& form, double weight, const ChannelFact& x) {
  if (weight == 0.0) return;
  const double low = form.padded ? std::min(x.lowest, 0.0) : x.lowest;
  const double high = form.padded ? std::max(x.highest, 0.0) : x.highest;
  sum.lowest += weight * (weight > 0.0 ? low : high);
  sum.highest += weight * (weight > 0.0 ? high : low);
  sum.magnitude += std::abs(weight) * x.magnitude();
  if (is_foldable(form, x)) sum.fixed += weight * *x.constant;
}

// Half a unit in the last place is lost per operation, at most, of no more than all magnitudes together.
void widen_by_rounding(RealSum& sum, double terms) {
  const double lost = std::ldexp(sum.magnitude, -24) * (terms + 2.0);
  sum.lowest -= lost;
  sum.highest += lost;
}

double clamped(const OpView& op, double value) {
  if (op.has("low")) value = std::max(value, static_cast<double>(op.real("low")));
  if (op.has("high")) value = std::min(value, static_cast<double>(op.real("high")));
  return value;
}

// As it is stored; nothing where that is not finite.
std::optional<double> rounded(double value) {
  if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()))) return std::nullopt;
  return static_cast<double>(static_cast<float>(value));
}

std::vector<RealSum> sums_of(const OpView& op, const ProductForm& form, const std::vector<ChannelFact>& x) {
  const std::vector<double> bias = bias_of(op), weights = op.constant(1).to_reals();
  std::vector<RealSum> sums;
  for (const double start : bias) sums.push_back({start, start, std::abs(start), start});
  for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t oc) { add_term(sums[oc], form, weights[i], x[ic]); });
  for (RealSum& sum : sums) widen_by_rounding(sum, static_cast<double>(weights.size() / sums.size()));
  return sums;
}

}  // namespace

std::vector<ChannelFact> real_product_facts(const OpView& op, const ProductForm& form, const ChannelFacts& facts) {
  const std::vector<ChannelFact>& x = facts[*op.node.inputs[0]];
  const std::vector<RealSum> sums = sums_of(op, form, x);
  const EssentialTerms essential(op, form, x);
  std::vector<ChannelFact> result(sums.size());
  for (std::size_t oc = 0; oc < sums.size(); ++oc) {
    const ChannelFact residual = op.has_in(form.residual) ? facts[*op.node.inputs[form.residual]][oc] : ChannelFact{0.0, 0.0, 0.0};
    ChannelFact& fact = result[oc];
    fact.lowest = clamped(op, sums[oc].lowest + residual.lowest);
    fact.highest = clamped(op, sums[oc].highest + residual.highest);
    if (!essential.any(oc) && residual.constant) fact.constant = rounded(clamped(op, sums[oc].fixed + *residual.constant));
    if (fact.lowest == fact.highest) fact.constant = fact.lowest;
  }
  return result;
}

}  // namespace mote
