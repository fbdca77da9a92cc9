#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tiling.hpp"

namespace mote::ops {

// What the core matrix products share whatever they compute with: x [M,K], constant w [K,N] -> [M,N].
[[nodiscard]] Result<std::vector<std::int64_t>> dense_extents(const OpView& op);

// Appends the geometry fields rows to tile_c and has_residual, the tile chosen for the target.
void append_dense_fields(const OpView& op, const Target& target, Arithmetic arithmetic, bool has_residual,
                         KernelCall& call);

}  // namespace mote::ops
