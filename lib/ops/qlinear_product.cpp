// QLinearConv, QLinearMatMul (ONNX 10), QGemm (com.microsoft 1): products of stored integers with stored results. What
// they compute is Conv, MatMul and Gemm of the real numbers, rounded to the grid of the result; a bias has the scale
// x_scale * w_scale and zero point 0.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec conv_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "group", .fallback = std::int64_t{1}, .lowest = 1, .highest = window_limit},
    {.name = "kernel_shape", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};
constexpr AttrSpec gemm_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 1.0F},
                                   {.name = "transA", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
                                   {.name = "transB", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

Expansion::Ref add_bias(Expansion& expansion, std::size_t bias, std::size_t left_scale, std::size_t right_scale) {
  const auto scale = expansion.add("Mul", {Expansion::input(left_scale), Expansion::input(right_scale)});
  return expansion.add("DequantizeLinear", {Expansion::input(bias), scale}, {{"axis", std::int64_t{0}}});
}

Expansion expand_conv(const OpView& op) {
  Expansion expansion;
  std::vector<Expansion::Ref> operands{
      add_dequantize(op, expansion, {.levels = 0, .scale = 1, .zero_point = 2}),
      add_dequantize(op, expansion, {.levels = 3, .scale = 4, .zero_point = 5})};
  if (op.has_in(8)) operands.push_back(add_bias(expansion, 8, 1, 4));
  const auto sum = expansion.add("Conv", std::move(operands), shared_attributes(op, "Conv"));
  end_in_quantize(op, expansion, sum, {.scale = 6, .zero_point = 7});
  return expansion;
}

// Scales of A and of the result go by row, those of B by column.
std::int64_t row_axis(const Shape& shape) { return static_cast<std::int64_t>(shape.rank()) - 2; }

Expansion expand_matmul(const OpView& op) {
  Expansion expansion;
  const std::int64_t column_axis = row_axis(op.in(3).shape) + 1;
  const auto a = add_dequantize(
      op, expansion, {.levels = 0, .scale = 1, .zero_point = 2, .axis = row_axis(op.in(0).shape)});
  const auto b = add_dequantize(op, expansion, {.levels = 3, .scale = 4, .zero_point = 5, .axis = column_axis});
  const auto product = expansion.add("MatMul", {a, b});
  end_in_quantize(op, expansion, product, {.scale = 6, .zero_point = 7, .axis = -2});
  return expansion;
}

Expansion expand_gemm(const OpView& op) {
  Expansion expansion;
  const std::int64_t column_axis = op.integer("transB") != 0 ? 0 : 1;
  std::vector<Expansion::Ref> operands{
      add_dequantize(op, expansion, {.levels = 0, .scale = 1, .zero_point = 2}),
      add_dequantize(op, expansion, {.levels = 3, .scale = 4, .zero_point = 5, .axis = column_axis})};
  // C counts in alpha * a_scale * b_scale, and Gemm does not multiply it by alpha.
  Attrs attrs = shared_attributes(op, "Gemm");
  if (op.has_in(6)) {
    operands.push_back(add_bias(expansion, 6, 1, 4));
    attrs["beta"] = op.real("alpha");
  }
  const auto sum = expansion.add("Gemm", std::move(operands), std::move(attrs));
  expansion.results = {sum};
  if (op.has_in(7)) end_in_quantize(op, expansion, sum, {.scale = 7, .zero_point = 8});
  return expansion;
}

template <Expansion (*expand)(const OpView&)>
Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_present(op, {0, 1, 2, 3, 4, 5}));
  return infer_expanded(op, expand(op));
}
// The result's scale and type may not be left out, either.
template <Expansion (*expand)(const OpView&)>
Result<Types> infer_stored(const OpView& op) {
  MOTE_TRY_STATUS(expect_present(op, {6, 7}));
  return infer<expand>(op);
}
template <Expansion (*expand)(const OpView&)>
void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

void append_result(Rng& rng, Sample& sample) {
  append_stored_sample(rng, sample, Shape{}, sample_stored_dtype(rng));
  sample.inputs.erase(sample.inputs.end() - 3);
}

Sample sample_conv(Rng& rng) {
  Sample sample;
  std::vector<std::int64_t> kernel(static_cast<std::size_t>(rng.integer(1, 2)));
  for (std::int64_t& extent : kernel) extent = rng.integer(1, 3);
  const std::int64_t group = rng.integer(1, 2);
  std::vector<std::int64_t> x{1, group * rng.integer(1, 3)}, w{group * rng.integer(1, 3), x[1] / group};
  std::ranges::copy(sample_window(rng, sample.attrs, kernel, true, true), std::back_inserter(x));
  std::ranges::copy(kernel, std::back_inserter(w));
  sample.attrs["group"] = group;
  append_stored_sample(rng, sample, shape_of(x), sample_stored_dtype(rng));
  append_stored_sample(rng, sample, shape_of(w), sample_stored_dtype(rng));
  append_result(rng, sample);
  sample.inputs.push_back({.type = {.dtype = DType::s32, .shape = shape_of({w[0]})}, .present = rng.chance(2),
                           .low = -1000.0F, .high = 1000.0F});
  return sample;
}

Sample sample_matrices(Rng& rng, bool is_gemm) {
  Sample sample;
  const std::int64_t rows = rng.integer(1, 4), depth = rng.integer(1, 6), columns = rng.integer(1, 5);
  append_stored_sample(rng, sample, shape_of({rows, depth}), sample_stored_dtype(rng));
  append_stored_sample(rng, sample, shape_of({depth, columns}), sample_stored_dtype(rng));
  if (is_gemm)
    sample.inputs.push_back({.type = {.dtype = DType::s32, .shape = shape_of({columns})}, .present = rng.chance(2),
                             .low = -1000.0F, .high = 1000.0F});
  append_result(rng, sample);
  return sample;
}
Sample sample_matmul(Rng& rng) { return sample_matrices(rng, false); }
Sample sample_gemm(Rng& rng) { return sample_matrices(rng, true); }

constexpr OpDef family[] = {
    {.name = "QLinearConv",
     .summary = "Conv of stored integers with a stored result",
     .onnx = {.name = "QLinearConv", .domain = "", .since = 10, .until = 10},
     .arity = {.min_in = 8, .max_in = 9},
     .attrs = conv_attrs,
     .infer = infer_stored<expand_conv>,
     .eval = eval<expand_conv>,
     .sample = sample_conv},
    {.name = "QLinearMatMul",
     .summary = "MatMul of stored integers with a stored result",
     .onnx = {.name = "QLinearMatMul", .domain = "", .since = 10, .until = 21},
     .arity = {.min_in = 8, .max_in = 8},
     .infer = infer_stored<expand_matmul>,
     .eval = eval<expand_matmul>,
     .sample = sample_matmul},
    {.name = "QGemm",
     .summary = "Gemm of stored integers",
     .onnx = {.name = "QGemm", .domain = "com.microsoft", .since = 1, .until = 1},
     .arity = {.min_in = 6, .max_in = 9},
     .attrs = gemm_attrs,
     .infer = infer<expand_gemm>,
     .eval = eval<expand_gemm>,
     .sample = sample_gemm},
};
constexpr ExpansionRule rules[] = {
    {"QLinearConv", expand_conv}, {"QLinearMatMul", expand_matmul}, {"QGemm", expand_gemm}};

}  // namespace

std::span<const OpDef> qlinear_product_ops();
std::span<const OpDef> qlinear_product_ops() { return family; }
std::span<const ExpansionRule> qlinear_product_expansions();
std::span<const ExpansionRule> qlinear_product_expansions() { return rules; }

}  // namespace mote::ops
