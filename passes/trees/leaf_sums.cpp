#include "passes/trees/leaf_sums.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mote {
namespace {

// The weights of leaves, by row and target; -0: none.
class Weights {
 public:
  explicit Weights(const Tensor& rows)
      : values_(rows.as<float>()), rows_(static_cast<std::size_t>(rows.shape[0])), width_(static_cast<std::size_t>(rows.shape[1])) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] float at(std::size_t row, std::size_t target) const { return values_[row * width_ + target]; }
  [[nodiscard]] bool has(std::size_t row, std::size_t target) const {
    return at(row, target) != 0.0F || !std::signbit(at(row, target));
  }
  [[nodiscard]] std::size_t count(std::size_t target) const {  // rows with a weight for it
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows_; ++row) count += has(row, target) ? 1U : 0U;
    return count;
  }
  template <class Test>
  [[nodiscard]] bool all(Test test) const {  // of the weights that are there
    for (std::size_t row = 0; row < rows_; ++row)
      for (std::size_t target = 0; target < width_; ++target)
        if (has(row, target) && !test(at(row, target))) return false;
    return true;
  }

 private:
  std::span<const float> values_;
  std::size_t rows_, width_;
};

// By row the target that it votes for (nothing: for none), if all rows are votes.
using Votes = std::vector<std::optional<std::size_t>>;
std::optional<Votes> votes_of(const Weights& weights) {
  std::optional<float> vote;
  Votes votes(weights.rows());
  for (std::size_t row = 0; row < weights.rows(); ++row) {
    for (std::size_t target = 0; target < weights.width(); ++target) {
      const float weight = weights.at(row, target);
      if (weight == 0.0F) continue;
      if (votes[row] || weight < 0.0F || (vote && *vote != weight)) return std::nullopt;
      vote = weight;
      votes[row] = target;
    }
  }
  return votes;
}

// What float32 makes of 0, 1, … votes; empty if one more is not always more.
std::vector<float> sums_of_votes(float vote, std::size_t most) {
  std::vector<float> sums{0.0F};
  while (sums.size() <= most) {
    sums.push_back(sums.back() + vote);
    if (!(sums.back() > sums[sums.size() - 2])) return {};
  }
  return sums;
}

float largest_weight(const Weights& weights) {
  float largest = 0.0F;
  for (std::size_t row = 0; row < weights.rows(); ++row)
    for (std::size_t target = 0; target < weights.width(); ++target) largest = std::max(largest, weights.at(row, target));
  return largest;
}

// The leaf's number becomes its target, or, of a single target, 0 or 1.
bool count_votes(DecisionGraph& graph, const Weights& weights, LeafSums& sums) {
  if (graph.roots.size() > 65535) return false;
  const auto votes = votes_of(weights);
  if (!votes) return false;
  std::vector<std::uint32_t> numbers;
  for (const auto& vote : *votes) {
    if (!vote && sums.targets > 1) return false;
    numbers.push_back(sums.targets > 1 ? static_cast<std::uint32_t>(*vote) : (vote ? 1U : 0U));
  }
  sums.vote_values = sums_of_votes(largest_weight(weights), graph.roots.size());
  if (sums.vote_values.empty()) return false;
  renumber_leaves(graph, numbers);
  return true;
}

void store_rows(const Weights& weights, LeafSums& sums) {
  sums.starts.push_back(0);
  for (std::size_t row = 0; row < weights.rows(); ++row) {
    for (std::size_t target = 0; target < weights.width(); ++target) {
      const bool adds = sums.begins_negative ? weights.has(row, target) : weights.at(row, target) != 0.0F;
      if (!adds) continue;
      sums.values.push_back(weights.at(row, target));
      sums.entry_targets.push_back(static_cast<std::int64_t>(target));
    }
    sums.starts.push_back(static_cast<std::int64_t>(sums.values.size()));
  }
}

void store_values(const Weights& weights, std::size_t target, LeafSums& sums) {
  for (std::size_t row = 0; row < weights.rows(); ++row) sums.values.push_back(weights.at(row, target));
}

LeafSums own_target_sums(const DecisionGraph& graph, const Weights& weights, std::int64_t targets) {
  LeafSums sums{.targets = targets};
  for (std::int64_t target = 0; target < targets; ++target)
    if (std::ranges::find(graph.tree_targets, static_cast<std::uint32_t>(target)) == graph.tree_targets.end())
      sums.begins_negative = true;
  store_values(weights, 0, sums);
  return sums;
}

}  // namespace

std::optional<LeafSums> leaf_sums_of(DecisionGraph& graph, const ops::ScoreRule& rule) {
  const bool adds = rule.aggregate == ops::TreeAggregate::sum || rule.aggregate == ops::TreeAggregate::average;
  if (!adds || graph.rows.dtype != DType::f32) return std::nullopt;
  const Weights weights(graph.rows);
  const bool never_negative = weights.all([](float weight) { return weight >= 0.0F; });
  const bool one_target = !graph.tree_targets.empty() && std::ranges::count(graph.tree_targets, graph.tree_targets[0]) ==
                                                             static_cast<std::ptrdiff_t>(graph.tree_targets.size());
  const std::uint32_t own_target = one_target ? graph.tree_targets[0] : 0;
  if (one_target) graph.tree_targets.clear();
  if (!graph.tree_targets.empty()) {
    LeafSums sums = own_target_sums(graph, weights, rule.targets);
    sums.never_negative = never_negative && !sums.begins_negative;
    return sums;
  }
  LeafSums sums{.targets = static_cast<std::int64_t>(weights.width())};
  std::vector<std::size_t> weighted;
  bool everywhere = true;  // every leaf has weights for every target
  for (std::size_t target = 0; target < weights.width(); ++target) {
    const std::size_t count = weights.count(target);
    if (count != 0) weighted.push_back(target);
    everywhere = everywhere && count == weights.rows();
  }
  const bool single = weighted.size() == 1 && weights.count(weighted[0]) == weights.rows();
  if (single) {
    sums.targets = 1;
    sums.only_target = static_cast<std::int64_t>(one_target ? own_target : weighted[0]);
  }
  // Among several classes whose weights are positive the winner has some, and none means 0.
  const bool positive = rule.classifies && rule.targets > 2 && weights.all([](float weight) { return weight > 0.0F; });
  sums.begins_negative = !single && !everywhere && !positive;
  sums.never_negative = never_negative && !sums.begins_negative;
  if (sums.never_negative && count_votes(graph, weights, sums)) return sums;
  if (single)
    store_values(weights, weighted[0], sums);
  else
    store_rows(weights, sums);
  return sums;
}

std::optional<LabelRule> label_rule_of(const LeafSums& sums, const ops::ScoreRule& rule) {
  if (!rule.classifies || !rule.base_values.empty() || !sums.never_negative) return std::nullopt;
  if (sums.targets > 1) return rule.targets > 2 ? std::optional(LabelRule{}) : std::nullopt;
  if (rule.targets > 2 || (rule.targets == 2 && !rule.one_class_weighted)) return std::nullopt;
  const float limit = rule.one_class_weighted && rule.no_negative_weight ? 0.5F : 0.0F;
  if (sums.vote_values.empty()) return LabelRule{.limit = std::bit_cast<std::int32_t>(limit)};
  const auto above = std::ranges::upper_bound(sums.vote_values, limit);
  return LabelRule{.limit = above - sums.vote_values.begin() - 1};
}

}  // namespace mote
