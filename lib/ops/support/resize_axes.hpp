#pragma once
#include <cstdint>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// How one axis is resampled: output position o is the sum of `taps` neighbouring inputs from start[o] on, each times its
// weight in weights[o * taps ...]. Taps beyond the ends are folded into the elements at the ends, so that all lie inside.
// start[o] == outside: nothing of the input, but the node's extrapolation_value.
struct ResizeAxis {
  static constexpr std::int64_t outside = -1;

  std::size_t axis = 0;
  std::int64_t in = 1, out = 1, taps = 1;
  std::vector<std::int64_t> start{};
  std::vector<double> weights{};

  // Every output is the input at its own position.
  [[nodiscard]] bool changes_nothing() const;
};

// Every axis of a Resize (attributes of opset 19, lib/ops/resize.cpp), computed in double precision; rejects what its
// attributes leave open or contradict.
[[nodiscard]] Result<std::vector<ResizeAxis>> resize_axes(const OpView& op);

}  // namespace mote::ops
