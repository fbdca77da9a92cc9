#include "lib/ops/support/dense_geometry.hpp"

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {

Result<std::vector<std::int64_t>> dense_extents(const OpView& op) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  MOTE_TRY_STATUS(expect_rank(op, 1, "w", 2, 2));
  MOTE_TRY_STATUS(expect_constant(op, 1, "w"));
  const std::int64_t columns = op.in(1).shape[1];
  MOTE_TRY_STATUS(expect_shape(op, 1, "w", {op.in(0).shape[1], columns}));
  return std::vector{op.in(0).shape[0], columns};
}

void append_dense_fields(const OpView& op, const Target& target, Arithmetic arithmetic, bool has_residual,
                         KernelCall& call) {
  const std::int64_t rows = op.in(0).shape[0], columns = op.in(1).shape[1];
  Tile tile = product_tile(target, arithmetic, rows, columns);
  if (is_packed(op)) tile = tile_of_pairs(tile, columns);
  if (has_stream(op)) tile = sparse_tile(target, rows, stream_block_of(op));
  const std::int64_t weights_per_step = is_packed(op) ? 2 : 1;
  const auto add = [&](const char* name, std::int64_t value) { call.fields.emplace_back(name, field(value)); };
  add("rows", rows);
  add("depth", op.in(0).shape[1]);
  add("columns", columns);
  add("weight_step", (columns + weights_per_step - 1) / weights_per_step);
  add("weight_block", (tile.channels + weights_per_step - 1) / weights_per_step);
  add("tile_w", tile.width);
  add("tile_c", tile.channels);
  call.fields.emplace_back("has_residual", has_residual);
}

}  // namespace mote::ops
