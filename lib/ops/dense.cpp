// Dense: mote's core matrix product with constant weights: x [M,K], w [K,N], bias [N]?, residual [M,N]?, levels and scale
// (support/weight_levels.hpp)? -> [M,N].
// Value: codegen/kernels/dense_f32.hpp. Passes make it from Gemm and MatMul.
#include "lib/ops/support/dense_geometry.hpp"
#include "lib/ops/support/epilogue.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/matrix_product.hpp"
#include "lib/ops/support/product_gradients.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/weight_levels.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec dense_attrs[] = {high_attr, low_attr};

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype != DType::f32)
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32",
              {"ONNX Gemm and MatMul also compute in other types"});
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "w"));
  MOTE_TRY(const std::vector<std::int64_t> extents, dense_extents(op));
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 2, "bias"));
    MOTE_TRY_STATUS(expect_shape(op, 2, "bias", {extents[1]}));
    MOTE_TRY_STATUS(expect_constant(op, 2, "bias"));
  }
  if (op.has_in(3)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 3, "residual"));
    MOTE_TRY_STATUS(expect_shape(op, 3, "residual", extents));
  }
  MOTE_TRY_STATUS(expect_levels(op));
  MOTE_TRY_STATUS(expect_ordered_bounds(op));
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, extents));
  return Types{std::move(type)};
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const std::int64_t rows = op.in(0).shape[0], depth = op.in(0).shape[1], columns = op.in(1).shape[1];
  const auto y = out[0].as<T>();
  if (in.size() > 2 && in[2] != nullptr)
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = in[2]->as<T>()[i % static_cast<std::size_t>(columns)];
  add_matrix_product<T>({.rows = rows, .depth = depth, .columns = columns, .left = {depth, 1}, .right = {columns, 1}},
                        in[0]->as<T>().data(), in[1]->as<T>().data(), y.data());
  apply_epilogue(op, in.size() > 3 ? in[3] : nullptr, out[0]);
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(op, in, out);
  else
    run<float>(op, in, out);
}

std::int64_t macs(const OpView& op) { return op.in(0).shape.elements() * op.in(1).shape[1]; }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  KernelCall call = real_product_call(op, "dense_f32", macs(op));
  append_dense_fields(op, target, Arithmetic::floating, op.has_in(3), call);
  append_clamp_fields(op, call);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample;
  const std::int64_t rows = rng.integer(1, 6), depth = rng.integer(1, 20), columns = rng.integer(1, 20);
  const auto input = [](std::vector<std::int64_t> extents) {
    return Sample::Input{.type = {.dtype = DType::f32, .shape = *Shape::make(std::move(extents))}};
  };
  const auto constant = [&](std::vector<std::int64_t> extents) {
    Sample::Input operand = input(std::move(extents));
    operand.constant = Tensor::zeros(DType::f32, operand.type.shape);
    for (float& value : operand.constant->as<float>()) value = rng.real(-1.0F, 1.0F);
    return operand;
  };
  sample_bounds(rng, sample.attrs);
  sample.inputs = {input({rows, depth}), constant({depth, columns}), constant({columns}), input({rows, columns})};
  sample.inputs[2].present = !rng.chance(3);
  sample.inputs[3].present = rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Dense",
     .summary = "matrix product with constant weights, fused bias, residual and clamp",
     .arity = {.min_in = 2, .max_in = 6},
     .attrs = dense_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample,
     .gradient = gradient_of_dense},
};

}  // namespace

std::span<const OpDef> dense_ops();
std::span<const OpDef> dense_ops() { return family; }

}  // namespace mote::ops
