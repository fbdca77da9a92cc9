#pragma once
#include <optional>

#include "lib/ops/support/interval.hpp"

namespace mote {

// The widest accumulator of an integer operator: the output channel (0 where all share one) whose sums come nearest to
// the limits of int32. `reached` is the plain sum, `shifted` what is multiplied at last, after accumulator_shift and
// offset.
struct AccumulatorBounds {
  std::int64_t channel = 0;
  ops::Interval reached{}, shifted{};

  // Doublings that would still fit int32, 31 at most; -1: it could overflow.
  [[nodiscard]] int bits_left() const;
};

// What an integer operator can reach, given the intervals of its inputs. `bound` on its rounding: how far an output,
// before the clamp, can lie from the real result of the same levels and the same stored weights, in output levels.
// It holds for operators whose integers are nearest to the real numbers that they stand for, as realize-integers makes
// them, and falls into the half level of the last rounding and what rounded multipliers, biases and tables add.
struct IntegerBounds {
  ops::Interval output{};                    // of every output, clamped
  std::optional<ops::Interval> unclamped{};  // of the rounded result before the clamp; nothing: there is no clamp
  std::optional<AccumulatorBounds> accumulator{};
  double output_rounding = 0.0;    // 0.5 where the result is rounded, 0 where levels only move
  double constants_rounding = 0.0;

  [[nodiscard]] double rounding() const { return output_rounding + constants_rounding; }
  [[nodiscard]] bool can_saturate() const { return unclamped && !output.contains(*unclamped); }
};

}  // namespace mote
