#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/ir/type.hpp"

namespace mote::ops {

// The bytes of packed trees, see codegen/kernels/tree_leaves.hpp, read node by node.
struct TreeCodeFormat {
  DType threshold = DType::u8;  // that of the columns: u8, u16, s32 or s64
  std::size_t column_bytes = 1, skip_bytes = 1, leaf_bytes = 1;
  [[nodiscard]] std::size_t threshold_bytes() const { return static_cast<std::size_t>(byte_size(threshold)); }
  [[nodiscard]] std::uint32_t yes_flag() const { return 1U << (8 * column_bytes - 1); }
  [[nodiscard]] std::uint32_t no_flag() const { return 1U << (8 * column_bytes - 2); }
  // The largest number in the place of a column, which says that the rest of the node stands elsewhere.
  [[nodiscard]] std::uint32_t jump() const { return no_flag() - 1; }
};
inline constexpr std::size_t tree_jump_bytes = 3;

// Where a decision leads: to another one, or to a leaf with its number.
struct TreeBranch {
  bool leaf = false;
  std::uint32_t at = 0;
};
struct TreeDecision {
  std::uint32_t column = 0;
  std::int64_t threshold = 0;  // yes: the column is at most this
  TreeBranch yes{}, no{};
};

// The decision at a position, which is no jump, with the jumps behind its branches taken; nothing if the code ends before
// it does, or a jump leads to another jump.
[[nodiscard]] std::optional<TreeDecision> decision_at(std::span<const std::uint8_t> code, const TreeCodeFormat& format,
                                                      std::uint32_t at);

struct TreeCodeFacts {
  std::uint32_t columns = 0, leaves = 0;  // one more than the largest number of each
  std::uint32_t decisions = 0;            // distinct
  std::uint32_t depth = 0;                // decisions on the longest way from a root to a leaf
  std::size_t bytes = 0;                  // of the distinct decisions: the rest of the code is jumps
};
// Follows every way from every root; nothing if one leaves the code or comes back to itself.
[[nodiscard]] std::optional<TreeCodeFacts> facts_of(std::span<const std::uint8_t> code, const TreeCodeFormat& format,
                                                    std::span<const std::int64_t> roots);

// Every leaf that some way from a root ends in, ascending. Facts must be there.
[[nodiscard]] std::vector<std::uint32_t> leaves_of(std::span<const std::uint8_t> code, const TreeCodeFormat& format,
                                                   std::span<const std::int64_t> roots);

}  // namespace mote::ops
