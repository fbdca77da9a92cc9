#pragma once
#include <cmath>

#include "math_f32.hpp"

namespace mote::ops {

// Elementary functions for a template over the element type: in single precision the very functions of the emitted
// code, in double the host's library as the independent check.
[[nodiscard]] inline float exp_of(float x) { return mote_kernels::exp_f32(x); }
[[nodiscard]] inline double exp_of(double x) { return std::exp(x); }
[[nodiscard]] inline float log_of(float x) { return mote_kernels::log_f32(x); }
[[nodiscard]] inline double log_of(double x) { return std::log(x); }
[[nodiscard]] inline float sqrt_of(float x) { return mote_kernels::sqrt_f32(x); }
[[nodiscard]] inline double sqrt_of(double x) { return std::sqrt(x); }
[[nodiscard]] inline float round_half_even(float x) { return mote_kernels::round_half_even_f32(x); }
[[nodiscard]] inline double round_half_even(double x) {
  const double below = std::floor(x);
  const double fraction = x - below;
  if (fraction != 0.5) return std::floor(x + 0.5);
  return std::fmod(below, 2.0) == 0.0 ? below : below + 1.0;
}

}  // namespace mote::ops
