#include "passes/trees/leaf_shares.hpp"

#include <cmath>

#include "lib/ops/support/tree_shares.hpp"

namespace mote {
namespace {

// The weights of one leaf and whose they are.
struct LeafRow {
  std::span<const float> weights{};
  std::span<const std::int64_t> targets{};
};

LeafRow row_of(const LeafSums& sums, std::size_t leaf) {
  const auto first = static_cast<std::size_t>(sums.starts[leaf]), count = static_cast<std::size_t>(sums.starts[leaf + 1]) - first;
  return {.weights = std::span(sums.values).subspan(first, count), .targets = std::span(sums.entry_targets).subspan(first, count)};
}

// The count that a weight comes from, or 0. Double precision does not round twice: a quotient of such small numbers is
// never so close to the middle of two float32 numbers.
std::int64_t count_behind(float weight, std::int64_t total, std::int64_t trees) {
  const auto whole = static_cast<double>(total * trees);
  const std::int64_t count = std::llround(static_cast<double>(weight) * whole);
  return static_cast<float>(static_cast<double>(count) / whole) == weight ? count : 0;
}

std::optional<ops::ShareRow> counts_for(const LeafRow& row, std::int64_t total, std::int64_t trees) {
  ops::ShareRow shares{.total = total, .counts = {}};
  std::int64_t left = total;
  for (std::size_t i = 0; i < row.weights.size(); ++i) {
    const std::int64_t count = count_behind(row.weights[i], total, trees);
    left -= count;
    if (count < 1 || left < 0) return std::nullopt;
    shares.counts.push_back({.target = row.targets[i], .count = count});
  }
  if (left != 0) return std::nullopt;
  return shares;
}

// With the smallest total that explains all weights.
std::optional<ops::ShareRow> share_row_of(const LeafRow& row, std::int64_t trees) {
  if (row.weights.empty()) return std::nullopt;
  for (const float weight : row.weights)
    if (!(weight > 0.0F && weight <= 1.0F)) return std::nullopt;
  for (std::int64_t total = 1; total <= ops::most_share_total; ++total)
    if (auto shares = counts_for(row, total, trees)) return shares;
  return std::nullopt;
}

bool counts_shares(const LeafSums& sums, const ops::ScoreRule& rule, std::int64_t trees) {
  return label_rule_of(sums, rule) && !sums.starts.empty() && sums.targets > 2 && sums.targets <= ops::most_share_classes &&
         trees <= ops::most_share_trees;
}

// Numbers of two bytes can say where the row of a leaf starts.
void number_by_start(std::int64_t targets, LeafShares& all, std::vector<std::uint32_t>& numbers) {
  const auto classes = static_cast<std::uint32_t>(targets);
  if (all.shares.size() + classes > 65535) return;
  for (std::uint32_t& number : numbers)
    if (number >= classes) number = classes + static_cast<std::uint32_t>(all.starts[number - classes]);
  all.starts.clear();
}

}  // namespace

std::optional<LeafShares> leaf_shares_of(DecisionGraph& graph, const LeafSums& sums, const ops::ScoreRule& rule) {
  const auto trees = static_cast<std::int64_t>(graph.roots.size());
  if (!counts_shares(sums, rule, trees)) return std::nullopt;
  constexpr std::size_t most_entries = 65535;
  LeafShares all;
  std::vector<std::uint32_t> numbers;
  for (std::size_t leaf = 0; leaf + 1 < sums.starts.size(); ++leaf) {
    const auto row = share_row_of(row_of(sums, leaf), trees);
    if (!row) return std::nullopt;
    if (row->counts.size() == 1) {
      numbers.push_back(static_cast<std::uint32_t>(row->counts[0].target));
      continue;
    }
    numbers.push_back(static_cast<std::uint32_t>(sums.targets + static_cast<std::int64_t>(all.starts.size())));
    all.starts.push_back(static_cast<std::int64_t>(all.shares.size()));
    ops::append_share_row(all.shares, row->total, row->counts);
    if (all.shares.size() > most_entries) return std::nullopt;
  }
  if (all.starts.empty()) return std::nullopt;  // nothing but votes
  if (sums.targets + static_cast<std::int64_t>(all.starts.size()) > 256) number_by_start(sums.targets, all, numbers);
  renumber_leaves(graph, numbers);
  return all;
}

}  // namespace mote
