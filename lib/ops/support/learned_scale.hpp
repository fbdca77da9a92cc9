#pragma once
#include <cmath>

namespace mote::ops {

// The scale that LearnedQuantize computes with (lib/ops/fake_quantize.cpp), in every place the same bits.
template <class T>
[[nodiscard]] T learned_scale(T log_scale) {
  return static_cast<T>(std::exp(static_cast<double>(log_scale)));
}

}  // namespace mote::ops
