#pragma once
#include <cmath>

#include "lib/ops/op_def.hpp"
#include "math_f32.hpp"
#include "math_f64.hpp"

namespace mote::ops {

// Elementary functions for a template over the element type: in single precision the very functions of the emitted
// code, in double the host's library as the independent check.
[[nodiscard]] inline float exp_of(float x) { return mote_kernels::exp_f32(x); }
[[nodiscard]] inline double exp_of(double x) { return std::exp(x); }
[[nodiscard]] inline float log_of(float x) { return mote_kernels::log_f32(x); }
[[nodiscard]] inline double log_of(double x) { return std::log(x); }
[[nodiscard]] inline float sqrt_of(float x) { return mote_kernels::sqrt_f32(x); }
[[nodiscard]] inline double sqrt_of(double x) { return std::sqrt(x); }

// The same as types, for operators that have kernels in double precision too: what the emitted code computes, and the
// independent check.
struct EmittedFunctions {
  static float exp_of(float x) { return mote_kernels::exp_f32(x); }
  static float log_of(float x) { return mote_kernels::log_f32(x); }
  static float sqrt_of(float x) { return mote_kernels::sqrt_f32(x); }
  static double exp_of(double x) { return mote_kernels::exp_f64(x); }
  static double log_of(double x) { return mote_kernels::log_f64(x); }
  static double sqrt_of(double x) { return mote_kernels::sqrt_f64(x); }
};
struct HostFunctions {
  static double exp_of(double x) { return std::exp(x); }
  static double log_of(double x) { return std::log(x); }
  static double sqrt_of(double x) { return std::sqrt(x); }
};

// Calls f.template operator()<T, Functions>() for the tensor that stands for input 0: the check is for f32 tensors that
// the interpreter has widened to f64.
template <class F>
void visit_precision(const OpView& op, const Tensor& input, F&& f) {
  if (input.dtype == DType::f32) return f.template operator()<float, EmittedFunctions>();
  if (op.in(0).dtype == DType::f64) return f.template operator()<double, EmittedFunctions>();
  f.template operator()<double, HostFunctions>();
}

[[nodiscard]] inline float round_half_even(float x) { return mote_kernels::round_half_even_f32(x); }
[[nodiscard]] inline double round_half_even(double x) {
  const double below = std::floor(x);
  const double fraction = x - below;
  if (fraction != 0.5) return std::floor(x + 0.5);
  return std::fmod(below, 2.0) == 0.0 ? below : below + 1.0;
}

}  // namespace mote::ops
