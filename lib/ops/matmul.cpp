// MatMul (ONNX 1..13), numpy.matmul: matrices in the last two axes, the axes before them broadcast. A left operand of
// rank 1 is a row, a right one a column; their axis of extent 1 vanishes from the output. Sums start at 0, k upwards.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/batched_product.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tiling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "A"));
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "B"));
  MOTE_TRY(TensorType type, batched_product_type(op, op.in(0).dtype));
  return Types{std::move(type)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const BatchedProduct batched = *batched_product_of(op);
  visit_dtype(in[0]->dtype, [&]<class T>() {
    const T *left = in[0]->as<T>().data(), *right = in[1]->as<T>().data();
    T* y = out[0].as<T>().data();
    for_each_matrix(batched, [&](std::int64_t from_left, std::int64_t from_right) {
      add_matrix_product(batched.product, left + from_left, right + from_right, y);
      y += batched.product.rows * batched.product.columns;
    });
  });
}

std::int64_t macs(const OpView& op) { return op.out(0).shape.elements() * batched_product_of(op)->product.depth; }

// The tiled kernel reads activations only; a constant operand needs the door to program memory on some targets.
bool is_tiled(const OpView& op) { return op.in(0).dtype == DType::f32 && !op.is_constant(0) && !op.is_constant(1); }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const BatchedProduct batched = *batched_product_of(op);
  KernelCall call{.header = is_tiled(op) ? "matmul_f32" : "matrix_product",
                  .kernel = is_tiled(op) ? "matmul_f32" : "matmul",
                  .types = {},
                  .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                  .macs = macs(op)};
  append_batched_fields(call, batched);
  if (!is_tiled(op)) {
    call.types = {type_name(op.in(0).dtype)};
    return call;
  }
  const Tile tile = product_tile(target, Arithmetic::floating, batched.product.rows, batched.product.columns);
  call.fields.insert(call.fields.end(), {{"tile_w", tile.width},
                                         {"tile_c", tile.channels},
                                         {"clamp_low", false},
                                         {"clamp_high", false},
                                         {"lowest", 0.0F},
                                         {"highest", 0.0F}});
  return call;
}

Sample sample(Rng& rng) {
  const auto [a, b] = sample_product_shapes(rng);
  const DType dtype = rng.chance(4) ? DType::s32 : rng.chance(4) ? DType::f64 : DType::f32;
  return {.attrs = {}, .inputs = {{.type = {.dtype = dtype, .shape = a}}, {.type = {.dtype = dtype, .shape = b}}}};
}

// A row or column of rank 1 as the matrix that it stands for.
std::vector<std::int64_t> matrix_extents(const Shape& shape, bool is_right) {
  if (shape.rank() > 1) return extents_of(shape);
  return is_right ? std::vector<std::int64_t>{shape[0], 1} : std::vector<std::int64_t>{1, shape[0]};
}

Term turned(Term matrix, std::size_t rank) {
  std::vector<std::int64_t> permutation;
  for (std::size_t axis = 0; axis < rank; ++axis) permutation.push_back(static_cast<std::int64_t>(axis));
  std::swap(permutation[rank - 1], permutation[rank - 2]);
  return transposed(matrix, permutation);
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const auto left = matrix_extents(op.in(0).shape, false), right = matrix_extents(op.in(1).shape, true);
  // The axes of the result that a rank of 1 has taken away.
  std::vector<std::int64_t> extents = extents_of(op.out(0).shape);
  if (op.in(0).shape.rank() == 1) extents.insert(extents.end() - (op.in(1).shape.rank() == 1 ? 0 : 1), 1);
  if (op.in(1).shape.rank() == 1) extents.push_back(1);
  const Term dy = reshaped(builder.gradient(), extents);
  const Term a = reshaped(builder.operand(0), left), b = reshaped(builder.operand(1), right);
  if (builder.wants(0)) {
    const Term da = builder.apply("MatMul", {dy, turned(b, right.size())});
    builder.give(0, reshaped(summed_to(da, shape_of(left)), op.in(0).shape));
  }
  if (builder.wants(1)) {
    const Term db = builder.apply("MatMul", {turned(a, left.size()), dy});
    builder.give(1, reshaped(summed_to(db, shape_of(right)), op.in(1).shape));
  }
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
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> matmul_ops();
std::span<const OpDef> matmul_ops() { return family; }

}  // namespace mote::ops
