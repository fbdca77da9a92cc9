#pragma once
#include <algorithm>
#include <cmath>

#include "lib/ops/support/elementary.hpp"

// The functions of codegen/kernels/unary_functions.hpp that stand on exponentials and the like, in double precision:
// written from their definitions with the host's library, as the independent check of the single-precision formulas.
namespace mote::ops::reference {

struct Floor {
  static double of(double x) { return std::floor(x); }
};
struct Ceil {
  static double of(double x) { return std::ceil(x); }
};
struct Round {
  static double of(double x) { return round_half_even(x); }
};
struct Sqrt {
  static double of(double x) { return std::sqrt(x); }
};
struct Exp {
  static double of(double x) { return std::exp(x); }
};
struct Log {
  static double of(double x) { return std::log(x); }
};
struct Erf {
  static double of(double x) { return std::erf(x); }
};
struct Sigmoid {
  static double of(double x) { return 1.0 / (1.0 + std::exp(-x)); }
};
struct Tanh {
  static double of(double x) { return std::tanh(x); }
};
struct Elu {
  static double of(double x, double alpha) { return x < 0.0 ? alpha * std::expm1(x) : x; }
};
struct Selu {
  static double of(double x, double alpha, double gamma) { return gamma * (x > 0.0 ? x : alpha * std::expm1(x)); }
};
struct Celu {
  static double of(double x, double alpha) {
    return std::isnan(x) ? x : std::max(0.0, x) + std::min(0.0, alpha * std::expm1(x / alpha));
  }
};
struct Softplus {
  static double of(double x) { return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
};
struct Mish {
  static double of(double x) { return x * std::tanh(Softplus::of(x)); }
};
struct Gelu {
  static double of(double x) { return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))); }
};
struct GeluTanh {
  static double of(double x) {
    const double scale = std::sqrt(2.0 / 3.14159265358979323846);
    return 0.5 * x * (1.0 + std::tanh(scale * (x + 0.044715 * x * x * x)));
  }
};

}  // namespace mote::ops::reference
