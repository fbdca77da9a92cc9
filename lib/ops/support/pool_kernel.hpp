#pragma once
#include "lib/ops/support/pooling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {

// What MaxPool and AveragePool share: x [N,C,spatial…] with the attribute kernel_shape.
[[nodiscard]] Result<TensorType> channels_first_pool_type(const OpView& op);
[[nodiscard]] Pooling channels_first_pooling(const OpView& op);

// A call of codegen/kernels/pool_nd.hpp: fields of the layout and the window, operands x and y.
[[nodiscard]] KernelCall pool_nd_call(const OpView& op, const Pooling& pool, std::string kernel);

[[nodiscard]] Sample sample_channels_first_pool(Rng& rng, bool with_dilations, DType dtype);

}  // namespace mote::ops
