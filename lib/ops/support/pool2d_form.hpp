#pragma once
#include "lib/ops/support/pooling.hpp"

namespace mote::ops {

// What the core poolings over 2-D windows share: x [N,H,W,C] -> [N,OH,OW,C], attributes as in ONNX MaxPool and
// AveragePool, with `kernel` in place of kernel_shape.
inline constexpr AttrSpec pool_ceil_mode_attr{
    .name = "ceil_mode", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};
inline constexpr AttrSpec pool_count_include_pad_attr{
    .name = "count_include_pad", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};
inline constexpr AttrSpec pool_dilations_attr{
    .name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};
inline constexpr AttrSpec pool_kernel_attr{
    .name = "kernel", .kind = AttrKind::integers, .required = true, .lowest = 1, .highest = window_limit};
inline constexpr AttrSpec pool_pads_attr{
    .name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit};
inline constexpr AttrSpec pool_strides_attr{
    .name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};

// The type of the output; checks rank and window.
[[nodiscard]] Result<TensorType> pool2d_type(const OpView& op, DType dtype);
// Of a node that `infer` has accepted; without the attribute, padding does not count.
[[nodiscard]] Pooling pool2d_pooling(const OpView& op);

// A call of codegen/kernels/pool2d_loops.hpp: the fields of the window, operands x and y.
[[nodiscard]] KernelCall pool2d_call(const OpView& op, const Pooling& pool, std::string header, std::string kernel,
                                     std::int32_t channels_together);

[[nodiscard]] Sample sample_pool2d(Rng& rng, DType dtype);

}  // namespace mote::ops
