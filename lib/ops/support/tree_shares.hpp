#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace mote::ops {

// Leaves of classification forests as shares of classes, the form that codegen/kernels/tree_share_labels.hpp reads.
inline constexpr std::int64_t most_share_classes = 16, most_share_total = 4095, most_share_trees = 4095;
inline constexpr std::int64_t whole_share = 4096;

// One class of a leaf: `count` of the leaf's samples are of it.
struct ClassCount {
  std::int64_t target = 0, count = 0;
};

// Writes a row of two classes or more behind the others. 0 < count < total <= most_share_total.
void append_share_row(std::vector<std::int64_t>& shares, std::int64_t total, const std::vector<ClassCount>& counts);

struct ShareRow {
  std::int64_t total = 0;
  std::vector<ClassCount> counts{};
};
// The row that starts at a position; `counts` is empty if it goes beyond the end.
[[nodiscard]] ShareRow share_row(std::span<const std::int64_t> shares, std::size_t start);

// By how much the largest sum of rounded shares must be ahead of every other so that it is the largest, too, among the
// sums of float32 of count / (total * trees), each rounded, trees upwards. With s = whole_share, per class and in units of
// 1 / s of a tree: rounded shares are off by at most e each, trees * e in all. In float32 every weight and every addition
// is off by 2^-24 of something not above 1, which is s * trees units: with the second order of it, trees + 1 times at most
// for trees below 4096. Both sums of a comparison can be off. Rows follow each other.
[[nodiscard]] std::int64_t share_guard(std::int64_t trees, std::span<const std::int64_t> shares);

}  // namespace mote::ops
