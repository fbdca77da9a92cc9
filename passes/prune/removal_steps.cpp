#include "passes/prune/removal_steps.hpp"

#include <algorithm>
#include <limits>

namespace mote {
namespace {

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

RemovalSteps::RemovalSteps(const ChannelSets& sets, std::vector<SetReader> readers,
                           const std::map<std::size_t, std::size_t>& least)
    : sets_(sets), readers_(std::move(readers)) {
  for (auto& [value, family] : sets.families()) {
    const auto own = least.find(value);
    least_.push_back(std::max(own == least.end() ? 0 : own->second, channel_multiple));
    families_.push_back(family);
  }
  for (std::size_t family = 0; family < families_.size(); ++family) steps_.push_back(next_step(family));
}

std::optional<RemovalSteps::Step> RemovalSteps::next_step(std::size_t family) const {
  std::vector<std::size_t> left = families_[family];
  if (left.size() <= least_[family]) return std::nullopt;
  std::vector<SetReader> readers;  // of this family, to try things on
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
    if (changed) steps_[other] = next_step(other);
  }
}

std::vector<std::size_t> RemovalSteps::take(double worth) {
  std::vector<std::size_t> taken;
  while (worth > 0.0) {
    std::optional<std::size_t> best;
    for (std::size_t family = 0; family < families_.size(); ++family)
      if (steps_[family] && (!best || steps_[family]->price(worth) < steps_[*best]->price(worth))) best = family;
    if (!best) break;
    const Step step = *steps_[*best];
    apply(*best);
    worth -= step.worth;
    taken.insert(taken.end(), step.sets.begin(), step.sets.end());
  }
  return taken;
}

}  // namespace mote
