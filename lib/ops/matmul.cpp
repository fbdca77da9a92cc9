// MatMul (ONNX 1..13), numpy.matmul: matrices in the last two axes, the axes before them broadcast. A left operand of
// rank 1 is a row, a right one a column; their axis of extent 1 vanishes from the output. Sums start at 0, k upwards.
#include <array>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/matrix_product.hpp"
#include "lib/ops/support/tiling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t batch_axes = Shape::max_rank - 2;

struct Batched {
  MatrixProduct product{};
  // Row-major, right-aligned; a step of 0 broadcasts.
  std::array<std::int64_t, batch_axes> extents{}, left_steps{}, right_steps{};
};

// `axes` extents before the matrix, right-aligned into four with ones in front.
std::array<std::int64_t, batch_axes> batch_extents(const Shape& shape) {
  std::array<std::int64_t, batch_axes> extents{1, 1, 1, 1};
  for (std::size_t axis = 0; axis + 2 < shape.rank(); ++axis)
    extents[batch_axes - (shape.rank() - 2) + axis] = shape[axis];
  return extents;
}

std::array<std::int64_t, batch_axes> batch_steps(const std::array<std::int64_t, batch_axes>& extents,
                                                 std::int64_t matrix) {
  std::array<std::int64_t, batch_axes> steps{};
  for (std::size_t axis = batch_axes; axis-- > 0; matrix *= extents[axis])
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

Result<Batched> batched_of(const OpView& op) {
  const Shape& a = op.in(0).shape;
  const Shape& b = op.in(1).shape;
  const std::int64_t rows = a.rank() == 1 ? 1 : a[a.rank() - 2];
  const std::int64_t depth = a[a.rank() - 1];
  const std::int64_t columns = b.rank() == 1 ? 1 : b[b.rank() - 1];
  MOTE_TRY_STATUS(check_depth(op, depth, b.rank() == 1 ? b[0] : b[b.rank() - 2]));
  const auto left = batch_extents(a);
  const auto right = batch_extents(b);
  Batched batched{
      .product = {.rows = rows, .depth = depth, .columns = columns, .left = {depth, 1}, .right = {columns, 1}},
      .extents = left,
      .left_steps = batch_steps(left, rows * depth),
      .right_steps = batch_steps(right, depth * columns)};
  for (std::size_t axis = 0; axis < batch_axes; ++axis) {
    if (left[axis] == 1) batched.extents[axis] = right[axis];
    if (left[axis] != 1 && right[axis] != 1 && left[axis] != right[axis])
      return at(op, Code::shape_mismatch,
                "A " + a.text() + " and B " + b.text() + " have leading extents " + std::to_string(left[axis]) +
                    " and " + std::to_string(right[axis]) + ", expected equal ones, or 1",
                {"only axes of extent 1 are broadcast"});
  }
  return batched;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "A"));
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "B"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "A", 1));
  MOTE_TRY_STATUS(expect_rank(op, 1, "B", 1));
  MOTE_TRY(const Batched batched, batched_of(op));
  const std::size_t a_rank = op.in(0).shape.rank(), b_rank = op.in(1).shape.rank();
  std::vector<std::int64_t> extents;
  for (std::size_t axis = batch_axes + 2 - std::max({a_rank, b_rank, std::size_t{2}}); axis < batch_axes; ++axis)
    extents.push_back(batched.extents[axis]);
  if (a_rank > 1) extents.push_back(batched.product.rows);
  if (b_rank > 1) extents.push_back(batched.product.columns);
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, std::move(extents)));
  return Types{std::move(type)};
}

template <class T>
void run(const Batched& batched, const T* left, const T* right, T* y) {
  const auto& [product, extents, left_steps, right_steps] = batched;
  for (std::int64_t b0 = 0; b0 < extents[0]; ++b0)
    for (std::int64_t b1 = 0; b1 < extents[1]; ++b1)
      for (std::int64_t b2 = 0; b2 < extents[2]; ++b2)
        for (std::int64_t b3 = 0; b3 < extents[3]; ++b3, y += product.rows * product.columns)
          add_matrix_product(
              product, left + b0 * left_steps[0] + b1 * left_steps[1] + b2 * left_steps[2] + b3 * left_steps[3],
              right + b0 * right_steps[0] + b1 * right_steps[1] + b2 * right_steps[2] + b3 * right_steps[3], y);
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Batched batched = *batched_of(op);
  visit_dtype(in[0]->dtype,
              [&]<class T>() { run<T>(batched, in[0]->as<T>().data(), in[1]->as<T>().data(), out[0].as<T>().data()); });
}

std::int64_t macs(const OpView& op) { return op.out(0).shape.elements() * batched_of(op)->product.depth; }

// The tiled kernel reads activations only; a constant operand needs the door to program memory on some targets.
bool is_tiled(const OpView& op) { return op.in(0).dtype == DType::f32 && !op.is_constant(0) && !op.is_constant(1); }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const Batched batched = *batched_of(op);
  const MatrixProduct& product = batched.product;
  KernelCall call{.header = is_tiled(op) ? "matmul_f32" : "matrix_product",
                  .kernel = is_tiled(op) ? "matmul_f32" : "matmul",
                  .types = {},
                  .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                  .macs = macs(op)};
  const auto add = [&](std::string name, std::int64_t value) {
    call.fields.emplace_back(std::move(name), field(value));
  };
  for (std::size_t axis = 0; axis < batch_axes; ++axis) add("batch_" + std::to_string(axis), batched.extents[axis]);
  add("rows", product.rows);
  add("depth", product.depth);
  add("columns", product.columns);
  for (std::size_t axis = 0; axis < batch_axes; ++axis)
    add("left_batch_step_" + std::to_string(axis), batched.left_steps[axis]);
  add("left_row_step", product.left.row);
  for (std::size_t axis = 0; axis < batch_axes; ++axis)
    add("right_batch_step_" + std::to_string(axis), batched.right_steps[axis]);
  add("right_depth_step", product.right.row);
  add("right_column_step", product.right.column);
  if (!is_tiled(op)) {
    call.types = {type_name(op.in(0).dtype)};
    return call;
  }
  const Tile tile = product_tile(target, product.rows, product.columns);
  add("tile_w", tile.width);
  add("tile_c", tile.channels);
  call.fields.insert(call.fields.end(),
                     {{"clamp_low", false}, {"clamp_high", false}, {"lowest", 0.0F}, {"highest", 0.0F}});
  return call;
}

Sample sample(Rng& rng) {
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
  const DType dtype = rng.chance(4) ? DType::s32 : rng.chance(4) ? DType::f64 : DType::f32;
  return {.attrs = {},
          .inputs = {{.type = {.dtype = dtype, .shape = *Shape::make(a)}},
                     {.type = {.dtype = dtype, .shape = *Shape::make(b)}}}};
}

constexpr OpDef family[] = {
    {.name = "MatMul",
     .summary = "matrix product with broadcast leading axes",
     .onnx = {.name = "MatMul", .domain = "", .since = 1, .until = 13},
     .arity = {.min_in = 2, .max_in = 2},
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> matmul_ops();
std::span<const OpDef> matmul_ops() { return family; }

}  // namespace mote::ops
