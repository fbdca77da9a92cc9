#pragma once
#include "lib/ops/support/image_axes.hpp"

namespace mote::ops {

// What Resample2d and QuantizedResample2d share: operands x, rows s32 [OH], row weights [OH,KH], columns s32 [OW],
// column weights [OW,KW], all but x constant.
struct ResampleForm {
  ImageAxes image{};
  std::int64_t taps_h = 1, taps_w = 1;
};
inline constexpr AttrSpec resample_axis_attr{.name = "axis", .required = true, .lowest = 0, .highest = 14};

// Rejects taps that leave x; a first tap of -1 reads nothing of it.
[[nodiscard]] Result<ResampleForm> resample_form(const OpView& op, DType weights);
[[nodiscard]] std::int64_t resample_macs(const OpView& op);
// Operands in the kernels' order and all geometry that they share.
[[nodiscard]] KernelCall resample_call(const OpView& op, std::string name);

// Every weight is at least 0, so that results lie between the elements that they are computed from.
[[nodiscard]] bool is_interpolation(const OpView& op);

// Random positions for `sample`: s32 [count], of windows of `taps` out of `extent`; now and then outside.
[[nodiscard]] Sample::Input random_windows(Rng& rng, std::int64_t count, std::int64_t extent, std::int64_t taps);

}  // namespace mote::ops
