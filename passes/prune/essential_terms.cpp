#include <cmath>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/prune/channel_facts.hpp"

namespace mote {

bool is_foldable(const ProductForm& form, const ChannelFact& x) {
  return x.constant && (!form.padded || *x.constant == form.pad_value);
}

EssentialTerms::EssentialTerms(const OpView& product, const ProductForm& form, const std::vector<ChannelFact>& x)
    : outputs_(static_cast<std::size_t>(channels_of(product).outputs)),
      essential_(x.size() * outputs_, false),
      any_(outputs_, false) {
  const std::vector<double> weights = product.constant(1).to_reals();
  const double terms = static_cast<double>(weights.size() / outputs_);
  const std::vector<double> bias = form.integer ? std::vector<double>(outputs_, 0.0) : bias_of(product);
  std::vector<double> negligible, magnitudes;
  for (const double start : bias) negligible.push_back(std::ldexp(std::abs(start), -34) / terms);
  std::vector<bool> foldable;
  for (const ChannelFact& fact : x) {
    foldable.push_back(is_foldable(form, fact));
    magnitudes.push_back(fact.magnitude());
  }
  for_each_weight(product, [&](std::size_t i, std::size_t ic, std::size_t oc) {
    if (weights[i] == 0.0 || foldable[ic]) return;
    if (std::abs(weights[i]) * magnitudes[ic] <= negligible[oc]) return;
    essential_[ic * outputs_ + oc] = true;
    any_[oc] = true;
  });
}

}  // namespace mote
