// Gemm (ONNX 1..13): y [M,N] = alpha * A' * B' + beta * C, A' [M,K] and B' [K,N] being A and B, transposed on demand.
// Value: sum = beta * c, then sum += a * (alpha * b) for k upwards: scaling B first is what makes folding alpha into
// constant weights exact. beta = 0 ignores C altogether (BLAS).
#include <cmath>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/matrix_product.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec gemm_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 1.0F},
                                   {.name = "beta", .kind = AttrKind::real, .fallback = 1.0F},
                                   {.name = "transA", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
                                   {.name = "transB", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

// Before opset 7 broadcasting C had to be asked for; what it then did is what happens now by itself.
void adapt(std::int64_t opset, Attrs& attrs) {
  if (opset < 7) attrs.erase("broadcast");
}

MatrixProduct product_of(const OpView& op) {
  const Shape& a = op.in(0).shape;
  const Shape& b = op.in(1).shape;
  const bool turn_a = op.integer("transA") != 0;
  const bool turn_b = op.integer("transB") != 0;
  return {.rows = a[turn_a ? 1 : 0],
          .depth = a[turn_a ? 0 : 1],
          .columns = b[turn_b ? 0 : 1],
          .left = turn_a ? MatrixSteps{1, a[1]} : MatrixSteps{a[1], 1},
          .right = turn_b ? MatrixSteps{1, b[1]} : MatrixSteps{b[1], 1}};
}

bool has_addend(const OpView& op) { return op.has_in(2) && op.real("beta") != 0.0F; }

// C is broadcast to [M,N]: an extent of 1 is read with step 0.
Result<MatrixSteps> addend_steps(const OpView& op, const MatrixProduct& product) {
  const Shape& c = op.in(2).shape;
  const std::int64_t rows = c.rank() == 2 ? c[0] : 1;
  const std::int64_t columns = c.rank() == 0 ? 1 : c[c.rank() - 1];
  const bool fits =
      c.rank() <= 2 && (rows == 1 || rows == product.rows) && (columns == 1 || columns == product.columns);
  if (!fits)
    return at(op, Code::shape_mismatch,
              "input 'C' is " + c.text() + ", expected a shape that broadcasts to " + std::to_string(product.rows) +
                  "x" + std::to_string(product.columns),
              {"check the exported bias"});
  return MatrixSteps{.row = rows == 1 ? 0 : columns, .column = columns == 1 ? 0 : 1};
}

Status check_scaling(const OpView& op) {
  const float beta = op.real("beta");
  if (!std::isfinite(op.real("alpha")) || !std::isfinite(beta))
    return at(op, Code::attribute_range,
              "alpha is " + number_text(op.real("alpha")) + " and beta " + number_text(beta) + ", must be finite",
              {"check the exported attributes"});
  if (is_float(op.in(0).dtype)) return Ok{};
  if (op.real("alpha") == 1.0F && (beta == 1.0F || beta == 0.0F)) return Ok{};
  return at(op, Code::unsupported_form,
            "alpha is " + number_text(op.real("alpha")) + " and beta " + number_text(beta) +
                " for integers, expected alpha 1 and beta 0 or 1",
            {"scale in a separate node"});
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "A"));
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "B"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "A", 2, 2));
  MOTE_TRY_STATUS(expect_rank(op, 1, "B", 2, 2));
  MOTE_TRY_STATUS(check_scaling(op));
  const MatrixProduct product = product_of(op);
  const std::int64_t right_depth = op.in(1).shape[op.integer("transB") != 0 ? 1 : 0];
  if (right_depth != product.depth)
    return at(op, Code::shape_mismatch,
              "A " + op.in(0).shape.text() + " gives " + std::to_string(product.depth) + " factors per sum, B " +
                  op.in(1).shape.text() + " gives " + std::to_string(right_depth) + ", expected the same number",
              {"check transA and transB"});
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 2, "C"));
    MOTE_TRY([[maybe_unused]] const MatrixSteps steps, addend_steps(op, product));
  }
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, {product.rows, product.columns}));
  return Types{std::move(type)};
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const MatrixProduct product = product_of(op);
  const auto y = out[0].as<T>();
  if (has_addend(op)) {
    const MatrixSteps steps = *addend_steps(op, product);
    const auto c = in[2]->as<T>();
    const T beta = static_cast<T>(op.real("beta"));
    for (std::int64_t i = 0; i < product.rows; ++i)
      for (std::int64_t j = 0; j < product.columns; ++j)
        y[static_cast<std::size_t>(i * product.columns + j)] =
            wrapping_multiply(beta, c[static_cast<std::size_t>(i * steps.row + j * steps.column)]);
  }
  const T alpha = static_cast<T>(op.real("alpha"));
  const auto b = in[1]->as<T>();
  std::vector<T> scaled(b.begin(), b.end());
  for (T& value : scaled) value = wrapping_multiply(alpha, value);
  add_matrix_product(product, in[0]->as<T>().data(), scaled.data(), y.data());
}

void eval(const OpView& op, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() { run<T>(op, in, out); });
}

std::int64_t macs(const OpView& op) {
  const MatrixProduct product = product_of(op);
  return product.rows * product.columns * product.depth;
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const MatrixProduct product = product_of(op);
  const bool with_addend = has_addend(op);
  const MatrixSteps addend = with_addend ? *addend_steps(op, product) : MatrixSteps{};
  return KernelCall{.header = "matrix_product",
                    .kernel = "gemm",
                    .types = {type_name(op.in(0).dtype)},
                    .fields = {{"rows", field(product.rows)},
                               {"depth", field(product.depth)},
                               {"columns", field(product.columns)},
                               {"left_row_step", field(product.left.row)},
                               {"left_depth_step", field(product.left.column)},
                               {"right_depth_step", field(product.right.row)},
                               {"right_column_step", field(product.right.column)},
                               {"addend_row_step", field(addend.row)},
                               {"addend_column_step", field(addend.column)},
                               {"alpha", op.real("alpha")},
                               {"beta", with_addend ? op.real("beta") : 1.0F}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], with_addend ? op.node.inputs[2] : ValueId{},
                                 op.node.outputs[0]},
                    .macs = macs(op)};
}

Sample sample(Rng& rng) {
  Sample sample;
  const std::int64_t rows = rng.integer(1, 5), depth = rng.integer(1, 8), columns = rng.integer(1, 6);
  const bool turn_a = rng.chance(2), turn_b = rng.chance(2);
  const DType dtype = rng.chance(4) ? DType::s32 : rng.chance(4) ? DType::f64 : DType::f32;
  if (is_float(dtype) && rng.chance(2)) sample.attrs["alpha"] = rng.real(-2.0F, 2.0F);
  if (is_float(dtype) && rng.chance(2)) sample.attrs["beta"] = rng.real(-2.0F, 2.0F);
  sample.attrs["transA"] = std::int64_t{turn_a};
  sample.attrs["transB"] = std::int64_t{turn_b};
  const auto matrix = [&](std::int64_t height, std::int64_t width, bool turned) {
    return TensorType{.dtype = dtype,
                      .shape = *Shape::make(turned ? std::vector{width, height} : std::vector{height, width})};
  };
  std::vector<std::int64_t> addend{columns};
  if (rng.chance(2)) addend = {rng.chance(2) ? rows : 1, rng.chance(2) ? columns : 1};
  if (rng.chance(8)) addend = {};
  sample.inputs = {{.type = matrix(rows, depth, turn_a)},
                   {.type = matrix(depth, columns, turn_b)},
                   {.type = {.dtype = dtype, .shape = *Shape::make(addend)}, .present = !rng.chance(4)}};
  return sample;
}

// y = alpha * A' * B' + beta * C.
void gradient(const OpView& op, GradientBuilder& builder) {
  const bool turn_a = op.integer("transA") != 0, turn_b = op.integer("transB") != 0;
  const float alpha = op.real("alpha");
  const Term dy = builder.gradient();
  if (builder.wants(0)) {
    const Term b = builder.operand(1);
    builder.give(0, turn_a ? matrix_product(b, turn_b, dy, true, alpha) : matrix_product(dy, false, b, !turn_b, alpha));
  }
  if (builder.wants(1)) {
    const Term a = builder.operand(0);
    builder.give(1, turn_b ? matrix_product(dy, true, a, turn_a, alpha) : matrix_product(a, !turn_a, dy, false, alpha));
  }
  if (builder.wants(2)) builder.give(2, op.real("beta") * dy);
}

constexpr OpDef family[] = {
    {.name = "Gemm",
     .summary = "alpha * A * B + beta * C of matrices",
     .onnx = {.name = "Gemm", .domain = "", .since = 1, .until = 13},
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = gemm_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> gemm_ops();
std::span<const OpDef> gemm_ops() { return family; }

}  // namespace mote::ops
