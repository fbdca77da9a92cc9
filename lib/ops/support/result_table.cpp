#include "lib/ops/support/result_table.hpp"

#include <algorithm>

#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

const std::int64_t first_level = interval_of(DType::s8).lowest;

}  // namespace

Result<DType> result_type(const OpView& op, std::size_t table, const OutputLimits& limits) {
  if (!op.has_in(table)) return limits.dtype;
  MOTE_TRY_STATUS(expect_dtype(op, table, "table", {DType::s8, DType::s16}));
  MOTE_TRY_STATUS(expect_constant_of(op, table, "table", op.in(table).dtype, {table_size}));
  if (limits.dtype == DType::s8) return op.in(table).dtype;
  return at(op, Code::attribute_range,
            "output_bits is 16, expected 8: the " + std::to_string(table_size) + " entries of 'table' are those of s8",
            {"leave output_bits out, or the table"});
}

void look_up(const OpView& op, std::size_t table, std::span<std::int64_t> levels) {
  if (!op.has_in(table)) return;
  const std::vector<std::int64_t> entries = op.constant(table).to_integers();
  for (std::int64_t& level : levels) level = entries[static_cast<std::size_t>(level - first_level)];
}

// Grids of calibration end one above the type's lowest value.
IntegerBounds bounds_of_entries(const Tensor& table, const Interval& levels, std::int64_t first) {
  const std::vector<std::int64_t> entries = table.to_integers();
  const auto reached = std::span(entries).subspan(static_cast<std::size_t>(levels.lowest - first),
                                                  static_cast<std::size_t>(levels.highest - levels.lowest + 1));
  const auto [lowest, highest] = std::ranges::minmax(reached);
  const Interval limits = interval_of(table.dtype);
  return {.output = {lowest, highest},
          .unclamped = Interval{lowest <= limits.lowest + 1 ? Interval::minus_infinity : lowest,
                                highest == limits.highest ? Interval::infinity : highest},
          .output_rounding = 0.5};
}

IntegerBounds behind_table(const OpView& op, std::size_t table, IntegerBounds levels) {
  if (!op.has_in(table)) return levels;
  IntegerBounds bounds = bounds_of_entries(op.constant(table), levels.output, first_level);
  bounds.accumulator = levels.accumulator;
  bounds.before_table = TableLevels{
      .reached = levels.output, .unclamped = levels.unclamped.value_or(levels.output), .rounding = levels.rounding()};
  return bounds;
}

const std::optional<QuantParams>& meaning_of_levels(const OpView& op, std::size_t table) {
  return op.has_in(table) ? op.in(table).quant : op.out(0).quant;
}

ValueId table_operand(const OpView& op, std::size_t table) {
  return op.has_in(table) ? op.node.inputs[table] : ValueId{};
}

void append_table_field(const OpView& op, std::size_t table, KernelCall& call) {
  call.fields.emplace_back("has_table", op.has_in(table));
}

Sample::Input sample_table(Rng& rng, std::int64_t output_bits) {
  const DType dtype = rng.chance(3) ? DType::s16 : DType::s8;
  Sample::Input table = sample_constant(rng, dtype, {table_size}, interval_of(dtype));
  table.present = output_bits == 8 && rng.chance(3);
  return table;
}

}  // namespace mote::ops
