#pragma once
#include "lib/ops/support/convolution.hpp"
#include "lib/ops/support/tiling.hpp"

namespace mote::ops {

// What the core convolutions share whatever they compute with: x [N,H,W,C] channels last, constant weights
// [KH,KW,C/group,OC], or [KH,KW,OC] for the depthwise ones, where output channel oc reads channel oc / multiplier.
inline constexpr AttrSpec dilations_attr{
    .name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};
inline constexpr AttrSpec group_attr{
    .name = "group", .fallback = std::int64_t{1}, .lowest = 1, .highest = window_limit};
inline constexpr AttrSpec pads_attr{.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit};
inline constexpr AttrSpec strides_attr{
    .name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};

// The operators whose names end in DepthwiseConv2d.
[[nodiscard]] bool is_depthwise(const OpView& op);

// Ranks of x and w, constant w, channels and groups that fit, a window that fits: [N,OH,OW,OC].
[[nodiscard]] Result<std::vector<std::int64_t>> convolution_extents(const OpView& op);

// Of an operator whose extents are known to be right.
[[nodiscard]] Convolution convolution_of(const OpView& op);

// Appends the geometry fields up to tile_c and has_residual, the tile chosen for the target.
void append_convolution_fields(const OpView& op, const Target& target, Arithmetic arithmetic, bool has_residual,
                               KernelCall& call);

// A random window in `attrs`, and extents of x, w and the output for it.
struct SampledConvolution {
  std::vector<std::int64_t> x, w, y;
};
[[nodiscard]] SampledConvolution sample_convolution(Rng& rng, Attrs& attrs, bool depthwise);

}  // namespace mote::ops
