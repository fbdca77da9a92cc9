#include "passes/trees/label_sum.hpp"

#include <algorithm>
#include <bit>

#include "lib/ops/support/rounded_values.hpp"

namespace mote {
namespace {

constexpr std::int64_t one_byte = 255, two_bytes = 65535;
// Exact sums look for the number of each leaf.
constexpr std::size_t most_numbers = 64;
// Of all sums this part may be undecided by numbers.
constexpr std::int64_t most_undecided_part = 50;

Tensor real_list(const std::vector<float>& values) {
  Tensor tensor = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(values.size())}));
  std::ranges::copy(values, tensor.as<float>().begin());
  return tensor;
}

bool decides_mostly(const LabelSum& sum, std::int64_t trees) {
  const auto limit = std::bit_cast<float>(static_cast<std::int32_t>(sum.limit));
  const ops::RoundedLimits limits = ops::rounded_limits(real_list(sum.values), sum.numbers, trees, limit);
  return (limits.above - limits.below) * most_undecided_part <= std::ranges::max(sum.numbers) * trees;
}

std::optional<LabelSum> numbered(const std::vector<float>& ascending, std::int64_t limit, std::int64_t trees) {
  if (ascending.size() > most_numbers) return std::nullopt;
  const auto numbers = ops::distinct_numbers(ascending, one_byte);
  if (!numbers) return std::nullopt;
  LabelSum sum{.values = ascending, .numbers = *numbers, .leaf_is_number = true, .limit = limit};
  return decides_mostly(sum, trees) ? std::optional(std::move(sum)) : std::nullopt;
}

void number_leaves(DecisionGraph& graph, const std::vector<float>& values, const LabelSum& sum) {
  std::vector<std::uint32_t> numbers;
  for (const float value : values)
    numbers.push_back(static_cast<std::uint32_t>(sum.numbers[static_cast<std::size_t>(std::ranges::lower_bound(sum.values, value) - sum.values.begin())]));
  renumber_leaves(graph, numbers);
}

}  // namespace

std::optional<LabelSum> label_sum_of(DecisionGraph& graph, const LeafSums& sums, const ops::ScoreRule& rule) {
  const auto label = label_rule_of(sums, rule);
  const auto trees = static_cast<std::int64_t>(graph.roots.size());
  const bool decides = sums.targets == 1 && sums.starts.empty() && graph.tree_targets.empty() && !sums.values.empty() && label;
  if (!decides || sums.values.size() > static_cast<std::size_t>(two_bytes) || !ops::can_be_rounded(real_list(sums.values), trees)) return std::nullopt;
  std::vector<float> ascending = sums.values;
  std::ranges::sort(ascending);
  ascending.erase(std::unique(ascending.begin(), ascending.end()), ascending.end());
  auto sum = numbered(ascending, label->limit, trees);
  // Sums of two bytes, too, where numbers keep at least one.
  const std::int64_t largest = two_bytes / trees > one_byte ? two_bytes / trees : two_bytes;
  if (!sum) return LabelSum{.values = sums.values, .numbers = ops::rounded_values(sums.values, largest), .limit = label->limit};
  number_leaves(graph, sums.values, *sum);
  return sum;
}

}  // namespace mote
