#pragma once
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/requantize.hpp"

// The table that may end an integer operator: a function of one element behind its clamp, such as a hard-swish behind a
// convolution. An optional constant operand `table`, s8 or s16 [256], of an operator whose clamp gives s8:
//   y = table[level + 128]
// Its type's quantization says what the levels in front of it stand for; that of the result what the entries do.
namespace mote::ops {

inline constexpr std::int64_t table_size = 256;

// The element type of the result: of `limits`, or the table's where there is one.
[[nodiscard]] Result<DType> result_type(const OpView& op, std::size_t table, const OutputLimits& limits);

// For eval: every level becomes its entry, if there is a table.
void look_up(const OpView& op, std::size_t table, std::span<std::int64_t> levels);

// What the entries for `levels` are, of a table whose first entry is that of level `first`. A table holds its own
// clamp: what an entry at the end of the type was before cannot be seen any more, so that `unclamped` is infinite
// there.
[[nodiscard]] IntegerBounds bounds_of_entries(const Tensor& table, const Interval& levels, std::int64_t first);
// Bounds of the operator up to its clamp, and with its table behind it.
[[nodiscard]] IntegerBounds behind_table(const OpView& op, std::size_t table, IntegerBounds levels);

// What the levels of the clamp stand for: the quantization of the table's type, or else of the result's.
[[nodiscard]] const std::optional<QuantParams>& meaning_of_levels(const OpView& op, std::size_t table);

// The operand of the kernel call, empty without a table; and the field has_table.
[[nodiscard]] ValueId table_operand(const OpView& op, std::size_t table);
void append_table_field(const OpView& op, std::size_t table, KernelCall& call);

// A table in one of three samples whose clamp gives s8.
[[nodiscard]] Sample::Input sample_table(Rng& rng, std::int64_t output_bits);

}  // namespace mote::ops
