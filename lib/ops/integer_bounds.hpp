#pragma once
#include <limits>
#include <optional>

#include "lib/ops/interval.hpp"

namespace mote {

// The widest accumulator of an integer operator: the output channel (0 where all share one) whose sums come nearest to
// the limits. `reached` is the plain sum, partial sums in any order included; `shifted` what is multiplied at last,
// after accumulator_shift and offset.
struct AccumulatorBounds {
  std::int64_t channel = 0;
  ops::Interval reached{}, shifted{};
  ops::Interval limits = ops::int32_interval;  // of the type that holds it

  // Doublings of it that would still fit, 31 at most; -1: it could overflow.
  [[nodiscard]] int bits_left() const;
};

// The levels at which an operator reads the table that ends it: what it computes up to its clamp.
struct TableLevels {
  ops::Interval reached{}, unclamped{};
  double rounding = 0.0;  // as IntegerBounds::rounding, in these levels

  [[nodiscard]] bool saturates_below() const { return unclamped.lowest < reached.lowest; }
  [[nodiscard]] bool saturates_above() const { return unclamped.highest > reached.highest; }
};

// What an integer operator can reach, given the intervals of its inputs. The rounding bounds how far an output, before
// the clamp, can lie from the real result of the same levels and the same stored weights, in output levels. For
// products it is computed from the scales that the types of x, weights, bias and result state; the multipliers and
// tables of other operators are taken to be the nearest to the real ones, as realize-integers makes them.
struct IntegerBounds {
  static constexpr double unknown = std::numeric_limits<double>::infinity();

  ops::Interval output{};  // of every output
  // Of the rounded result before the clamp, infinite where that is not known; nothing: it is not clamped.
  std::optional<ops::Interval> unclamped{};
  std::optional<AccumulatorBounds> accumulator{};
  std::optional<TableLevels> before_table{};  // set: all else but the accumulator speaks of the table's entries
  double output_rounding = 0.0;     // 0.5 where the result is rounded, 0 where levels only move
  double constants_rounding = 0.0;  // what rounded multipliers, biases and tables add; `unknown` without scales

  [[nodiscard]] double rounding() const { return output_rounding + constants_rounding; }
  [[nodiscard]] bool saturates_below() const { return unclamped && unclamped->lowest < output.lowest; }
  [[nodiscard]] bool saturates_above() const { return unclamped && unclamped->highest > output.highest; }
};

}  // namespace mote
