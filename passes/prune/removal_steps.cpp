#include "passes/prune/removal_steps.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace mote {
namespace {

constexpr double least_weight = 0.1;  // of the middle one

double loss_of(std::size_t set, const std::vector<SetReader>& readers) {
  double loss = 0.0;
  for (const SetReader& reader : readers)
    if (const auto inputs = reader.inputs.find(set); inputs != reader.inputs.end())
      loss += reader.removal.loss(inputs->second);
  return loss;
}

void remove(std::size_t set, std::vector<SetReader>& readers) {
  for (SetReader& reader : readers)
    if (const auto inputs = reader.inputs.find(set); inputs != reader.inputs.end())
      reader.removal.remove(inputs->second);
}

}  // namespace

RemovalSteps::RemovalSteps(const ChannelSets& sets, std::vector<SetReader> readers, const RemovalPrices& prices)
    : sets_(sets), readers_(std::move(readers)) {
  for (auto& [value, family] : sets.families()) {
    families_.push_back(family);
    whole_.push_back(prices.whole[value]);
    const auto own = prices.least.find(value);
    least_.push_back(std::max(own == prices.least.end() ? 0 : own->second, channel_multiple));
  }
  const double now = prices.outputs({});
  for (std::size_t family = 0; family < families_.size(); ++family) {
    std::vector<SetReader> tried;
    steps_.push_back(next_step(family, tried));
    const bool costs = steps_.back() && steps_.back()->loss > 0.0;
    weights_.push_back(costs ? (prices.outputs(tried) - now) / steps_.back()->loss : 0.0);
  }
  bound_weights();
  if (prices.spares_small_layers) find_usual_loss();
}

// Next to nothing at the outputs may be chance.
void RemovalSteps::bound_weights() {
  std::vector<double> found;
  std::ranges::copy_if(weights_, std::back_inserter(found), [](double weight) { return weight > 0.0; });
  std::ranges::sort(found);
  const double least = found.empty() ? 1.0 : least_weight * found[found.size() / 2];
  for (double& weight : weights_) weight = weight > least ? weight : least;
}

void RemovalSteps::find_usual_loss() {
  std::vector<double> found;
  for (std::size_t family = 0; family < families_.size(); ++family)
    if (steps_[family]) found.push_back(weights_[family] * steps_[family]->loss / share_of(family));
  std::ranges::sort(found);
  if (!found.empty()) usual_loss_ = found[found.size() / 2];
}

// Of the family, what its next step takes.
double RemovalSteps::share_of(std::size_t family) const {
  return static_cast<double>(steps_[family]->sets.size()) / static_cast<double>(families_[family].size());
}

double RemovalSteps::price(std::size_t family, double wanted) const {
  const double narrowing = static_cast<double>(whole_[family]) / static_cast<double>(families_[family].size());
  const double loss = std::max(weights_[family] * steps_[family]->loss, usual_loss_ * share_of(family));
  return loss * narrowing * narrowing / std::min(steps_[family]->worth, wanted);
}

std::optional<RemovalSteps::Step> RemovalSteps::next_step(std::size_t family, std::vector<SetReader>& readers) const {
  std::vector<std::size_t> left = families_[family];
  if (left.size() <= least_[family]) return std::nullopt;
  for (const SetReader& reader : readers_)
    if (std::ranges::any_of(left, [&](std::size_t set) { return reader.inputs.contains(set); }))
      readers.push_back(reader);
  const std::size_t kept = std::max((left.size() - 1) / channel_multiple * channel_multiple, least_[family]);
  Step step;
  while (left.size() > kept) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < left.size(); ++i) {
      const double loss = loss_of(left[i], readers);
      if (loss < least) {
        least = loss;
        best = i;
      }
    }
    const std::size_t set = left[best];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    remove(set, readers);
    step.sets.push_back(set);
    step.loss += least;
    step.worth += sets_.all()[set].worth;
  }
  return step.worth > 0.0 ? std::optional(step) : std::nullopt;
}

void RemovalSteps::apply(std::size_t family) {
  const std::vector<std::size_t> gone = steps_[family]->sets;
  for (const std::size_t set : gone) {
    remove(set, readers_);
    std::erase(families_[family], set);
  }
  const auto reads = [](const SetReader& reader, const std::vector<std::size_t>& sets) {
    return std::ranges::any_of(sets, [&](std::size_t set) { return reader.inputs.contains(set); });
  };
  for (std::size_t other = 0; other < families_.size(); ++other) {
    const bool changed = other == family || std::ranges::any_of(readers_, [&](const SetReader& reader) {
                           return reads(reader, gone) && reads(reader, families_[other]);
                         });
    std::vector<SetReader> tried;
    if (changed) steps_[other] = next_step(other, tried);
  }
}

std::vector<std::size_t> RemovalSteps::take(double worth) {
  std::vector<std::size_t> taken;
  while (worth > 0.0) {
    std::optional<std::size_t> best;
    for (std::size_t family = 0; family < families_.size(); ++family)
      if (steps_[family] && (!best || price(family, worth) < price(*best, worth))) best = family;
    if (!best) break;
    const Step step = *steps_[*best];
    apply(*best);
    worth -= step.worth;
    taken.insert(taken.end(), step.sets.begin(), step.sets.end());
  }
  return taken;
}

}  // namespace mote
