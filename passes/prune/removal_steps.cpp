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

RemovalSteps::RemovalSteps(const ChannelSets& sets, std::vector<SetReader> readers)
    : sets_(sets), readers_(std::move(readers)) {
  for (auto& [value, family] : sets.families()) families_.push_back(family);
}

std::optional<RemovalSteps::Step> RemovalSteps::next_step(std::size_t family) const {
  std::vector<std::size_t> left = families_[family];
  if (left.size() <= channel_multiple) return std::nullopt;
  std::vector<SetReader> readers;  // of this family, to try things on
  for (const SetReader& reader : readers_)
    if (std::ranges::any_of(left, [&](std::size_t set) { return reader.inputs.contains(set); }))
      readers.push_back(reader);
  const std::size_t kept = (left.size() - 1) / channel_multiple * channel_multiple;
  Step step{.family = family};
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

void RemovalSteps::apply(const Step& step) {
  for (const std::size_t set : step.sets) {
    remove(set, readers_);
    std::erase(families_[step.family], set);
  }
}

std::vector<std::size_t> RemovalSteps::take(double worth) {
  std::vector<std::size_t> taken;
  while (worth > 0.0) {
    std::optional<Step> best;
    for (std::size_t family = 0; family < families_.size(); ++family) {
      const std::optional<Step> step = next_step(family);
      if (step && (!best || step->price() < best->price())) best = step;
    }
    if (!best) break;
    apply(*best);
    worth -= best->worth;
    taken.insert(taken.end(), best->sets.begin(), best->sets.end());
  }
  return taken;
}

}  // namespace mote
