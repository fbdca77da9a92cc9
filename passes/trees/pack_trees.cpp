#include "passes/trees/pack_trees.hpp"

#include <algorithm>

namespace mote {
namespace {

using ops::TreeBranch;
using ops::TreeCodeFormat;

// Writes subtrees in preorder, `yes` first; a subtree that stands somewhere already is referred to.
class Packer {
 public:
  Packer(const DecisionGraph& graph, const std::vector<std::int64_t>& thresholds, const TreeCodeFormat& format)
      : graph_(graph), thresholds_(thresholds), positions_(graph.decisions.size(), unset) {
    packed_.format = format;
  }

  // Nothing if a subtree is longer than the format can skip.
  std::optional<PackedTrees> pack() {
    for (const TreeBranch& root : graph_.roots) {
      if (!root.leaf && positions_[root.at] != unset) {
        packed_.roots.push_back(positions_[root.at]);
        continue;
      }
      packed_.roots.push_back(static_cast<std::int64_t>(packed_.code.size()));
      if (root.leaf)
        append_lone_leaf(root.at);
      else if (!append_tree(root.at))
        return std::nullopt;
    }
    return std::move(packed_);
  }

 private:
  static constexpr std::uint32_t unset = 0xFFFFFFFF;

  // What is still to be written: a decision, or the distance to what follows now.
  struct Pending {
    bool skip = false;
    std::uint32_t at = 0;  // of a skip: its position; else the decision
  };

  void append(std::uint64_t number, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) packed_.code.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  void append_leaf(const TreeBranch& branch) { append(branch.at, packed_.format.leaf_bytes); }

  // A tree without decisions is one with the same leaf on both sides.
  void append_lone_leaf(std::uint32_t leaf) {
    append(packed_.format.yes_flag() | packed_.format.no_flag(), packed_.format.column_bytes);
    append(0, packed_.format.threshold_bytes());
    append(leaf, packed_.format.leaf_bytes);
    append(leaf, packed_.format.leaf_bytes);
  }

  bool append_tree(std::uint32_t root) {
    std::vector<Pending> pending{{false, root}};
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      if (!next.skip)
        append_decision(next.at, pending);
      else if (!write_skip(next.at))
        return false;
    }
    return true;
  }

  bool write_skip(std::uint32_t at) {
    const std::size_t bytes = packed_.format.skip_bytes;
    const std::size_t distance = packed_.code.size() - at - bytes;
    if (distance >> (8 * bytes) != 0) return false;
    for (std::size_t i = 0; i < bytes; ++i) packed_.code[at + i] = static_cast<std::uint8_t>(distance >> (8 * i));
    return true;
  }

  // A jump only where it is shorter than what it leads to.
  [[nodiscard]] bool worth_a_jump(const DecisionGraph::Decision& decision) const {
    const TreeCodeFormat& format = packed_.format;
    if (!decision.yes.leaf || !decision.no.leaf) return true;
    return format.threshold_bytes() + 2 * format.leaf_bytes > ops::tree_jump_bytes;
  }

  void append_decision(std::uint32_t index, std::vector<Pending>& pending) {
    const DecisionGraph::Decision& decision = graph_.decisions[index];
    const TreeCodeFormat& format = packed_.format;
    if (positions_[index] != unset && worth_a_jump(decision)) {
      append(format.jump(), format.column_bytes);
      append(positions_[index], ops::tree_jump_bytes);
      return;
    }
    positions_[index] = static_cast<std::uint32_t>(packed_.code.size());
    append(decision.column | (decision.yes.leaf ? format.yes_flag() : 0) | (decision.no.leaf ? format.no_flag() : 0),
           format.column_bytes);
    append(static_cast<std::uint64_t>(thresholds_[index]), format.threshold_bytes());
    if (decision.yes.leaf) append_leaf(decision.yes);
    if (decision.no.leaf) append_leaf(decision.no);
    if (!decision.no.leaf) pending.push_back({false, decision.no.at});
    if (!decision.yes.leaf && !decision.no.leaf) {
      pending.push_back({true, static_cast<std::uint32_t>(packed_.code.size())});
      append(0, format.skip_bytes);
    }
    if (!decision.yes.leaf) pending.push_back({false, decision.yes.at});
  }

  const DecisionGraph& graph_;
  const std::vector<std::int64_t>& thresholds_;
  std::vector<std::uint32_t> positions_;
  PackedTrees packed_;
};

std::int64_t largest_leaf(const DecisionGraph& graph) {
  std::uint32_t largest = 0;
  const auto see = [&](const TreeBranch& branch) {
    if (branch.leaf) largest = std::max(largest, branch.at);
  };
  for (const auto& decision : graph.decisions) {
    see(decision.yes);
    see(decision.no);
  }
  for (const TreeBranch& root : graph.roots) see(root);
  return largest;
}

std::uint32_t largest_column(const DecisionGraph& graph) {
  std::uint32_t largest = 0;
  for (const auto& decision : graph.decisions) largest = std::max(largest, decision.column);
  return largest;
}

std::size_t bytes_for(std::int64_t largest) { return largest <= 0xFF ? 1 : (largest <= 0xFFFF ? 2 : 4); }

}  // namespace

PackedTrees pack_trees(const DecisionGraph& graph, const std::vector<std::int64_t>& thresholds, DType dtype) {
  TreeCodeFormat format{.threshold = dtype,
                        .column_bytes = largest_column(graph) < 63 ? std::size_t{1} : std::size_t{2},
                        .skip_bytes = 1,
                        .leaf_bytes = bytes_for(largest_leaf(graph))};
  for (; format.skip_bytes < 3; ++format.skip_bytes)
    if (auto packed = Packer(graph, thresholds, format).pack()) return *std::move(packed);
  auto packed = Packer(graph, thresholds, format).pack();
  MOTE_CHECK(packed.has_value());  // 16 MB of code are beyond the limit on nodes
  return *std::move(packed);
}

std::optional<RankedThresholds> rank_thresholds(const DecisionGraph& graph) {
  std::vector<std::vector<std::int64_t>> keys(graph.columns.size());
  for (const auto& decision : graph.decisions) keys[decision.column].push_back(decision.key);
  RankedThresholds ranked;
  std::size_t longest = 0;
  ranked.starts.push_back(0);
  for (auto& column : keys) {
    std::ranges::sort(column);
    column.erase(std::unique(column.begin(), column.end()), column.end());
    longest = std::max(longest, column.size());
    ranked.keys.insert(ranked.keys.end(), column.begin(), column.end());
    ranked.starts.push_back(static_cast<std::int64_t>(ranked.keys.size()));
  }
  if (longest > 65535) return std::nullopt;
  ranked.dtype = longest <= 255 ? DType::u8 : DType::u16;
  for (const auto& decision : graph.decisions) {
    const auto& column = keys[decision.column];
    ranked.ranks.push_back(std::ranges::lower_bound(column, decision.key) - column.begin());
  }
  return ranked;
}

}  // namespace mote
