#include "lib/ops/support/batched_product.hpp"

#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// `axes` extents before the matrix, right-aligned into four with ones in front.
std::array<std::int64_t, BatchedProduct::axes> batch_extents(const Shape& shape) {
  std::array<std::int64_t, BatchedProduct::axes> extents{1, 1, 1, 1};
  for (std::size_t axis = 0; axis + 2 < shape.rank(); ++axis)
    extents[BatchedProduct::axes - (shape.rank() - 2) + axis] = shape[axis];
  return extents;
}

std::array<std::int64_t, BatchedProduct::axes> batch_steps(
    const std::array<std::int64_t, BatchedProduct::axes>& extents, std::int64_t matrix) {
  std::array<std::int64_t, BatchedProduct::axes> steps{};
  for (std::size_t axis = BatchedProduct::axes; axis-- > 0; matrix *= extents[axis])
    steps[axis] = extents[axis] == 1 ? 0 : matrix;
  return steps;
}

Status check_depth(const OpView& op, std::int64_t left, std::int64_t right) {
  if (left == right) return Ok{};
  return at(op, Code::shape_mismatch,
            "A " + op.in(0).shape.text() + " has " + std::to_string(left) + " columns, B " + op.in(1).shape.text() +
                " has " + std::to_string(right) + " rows, expected the same number",
            {"transpose or reshape one of them"});
}

}  // namespace

Result<BatchedProduct> batched_product_of(const OpView& op) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "A", 1));
  MOTE_TRY_STATUS(expect_rank(op, 1, "B", 1));
  const Shape& a = op.in(0).shape;
  const Shape& b = op.in(1).shape;
  const std::int64_t rows = a.rank() == 1 ? 1 : a[a.rank() - 2];
  const std::int64_t depth = a[a.rank() - 1];
  const std::int64_t columns = b.rank() == 1 ? 1 : b[b.rank() - 1];
  MOTE_TRY_STATUS(check_depth(op, depth, b.rank() == 1 ? b[0] : b[b.rank() - 2]));
  const auto left = batch_extents(a);
  const auto right = batch_extents(b);
  BatchedProduct batched{
      .product = {.rows = rows, .depth = depth, .columns = columns, .left = {depth, 1}, .right = {columns, 1}},
      .extents = left,
      .left_steps = batch_steps(left, rows * depth),
      .right_steps = batch_steps(right, depth * columns)};
  for (std::size_t axis = 0; axis < BatchedProduct::axes; ++axis) {
    if (left[axis] == 1) batched.extents[axis] = right[axis];
    if (left[axis] != 1 && right[axis] != 1 && left[axis] != right[axis])
      return at(op, Code::shape_mismatch,
                "A " + a.text() + " and B " + b.text() + " have leading extents " + std::to_string(left[axis]) +
                    " and " + std::to_string(right[axis]) + ", expected equal ones, or 1",
                {"only axes of extent 1 are broadcast"});
  }
  return batched;
}

Result<TensorType> batched_product_type(const OpView& op, DType dtype) {
  MOTE_TRY(const BatchedProduct batched, batched_product_of(op));
  const std::size_t a_rank = op.in(0).shape.rank(), b_rank = op.in(1).shape.rank();
  std::vector<std::int64_t> extents;
  for (std::size_t axis = BatchedProduct::axes + 2 - std::max({a_rank, b_rank, std::size_t{2}});
       axis < BatchedProduct::axes; ++axis)
    extents.push_back(batched.extents[axis]);
  if (a_rank > 1) extents.push_back(batched.product.rows);
  if (b_rank > 1) extents.push_back(batched.product.columns);
  return make_type(op, dtype, std::move(extents));
}

void append_batched_fields(KernelCall& call, const BatchedProduct& batched) {
  const MatrixProduct& product = batched.product;
  const auto add = [&](std::string name, std::int64_t value) {
    call.fields.emplace_back(std::move(name), field(value));
  };
  const auto add_each = [&](const std::string& name, const auto& values) {
    for (std::size_t axis = 0; axis < values.size(); ++axis) add(name + std::to_string(axis), values[axis]);
  };
  add_each("batch_", batched.extents);
  add("rows", product.rows);
  add("depth", product.depth);
  add("columns", product.columns);
  add_each("left_batch_step_", batched.left_steps);
  add("left_row_step", product.left.row);
  add_each("right_batch_step_", batched.right_steps);
  add("right_depth_step", product.right.row);
  add("right_column_step", product.right.column);
}

std::pair<Shape, Shape> sample_product_shapes(Rng& rng) {
  const std::int64_t rows = rng.integer(1, 4), depth = rng.integer(1, 6), columns = rng.integer(1, 4);
  std::vector<std::int64_t> a, b;
  for (std::int64_t axis = rng.integer(0, 3); axis > 0; --axis) {
    const std::int64_t extent = rng.integer(1, 3);
    a.push_back(rng.chance(3) ? 1 : extent);
    b.push_back(rng.chance(3) ? 1 : extent);
  }
  if (rng.chance(4)) a.clear();
  if (rng.chance(4)) b.clear();
  if (!a.empty() || !rng.chance(4)) a.push_back(rows);
  a.push_back(depth);
  const bool is_column = b.empty() && rng.chance(4);
  b.push_back(depth);
  if (!is_column) b.push_back(columns);
  return {shape_of(std::move(a)), shape_of(std::move(b))};
}

}  // namespace mote::ops
