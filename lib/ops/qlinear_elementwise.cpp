// The com.microsoft operators that ONNX Runtime's quantizer writes beside QLinearConv: sums, products, functions, means,
// Softmax and Concat of stored integers. What they compute is the operator without the prefix on the real numbers,
// rounded to the grid of the result.
#include <algorithm>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {
namespace {

constexpr std::string_view prefix = "QLinear";
constexpr AttrSpec channels_last{.name = "channels_last", .fallback = std::int64_t{0}, .lowest = 0, .highest = 0};
constexpr AttrSpec pool_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "ceil_mode", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    channels_last,
    {.name = "count_include_pad", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "kernel_shape", .kind = AttrKind::integers, .required = true, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};
constexpr AttrSpec global_pool_attrs[] = {channels_last};
constexpr AttrSpec leaky_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 0.01F}};
constexpr AttrSpec softmax_attrs[] = {{.name = "axis", .fallback = std::int64_t{-1}},
                                      {.name = "opset", .required = true, .lowest = 1, .highest = 100}};
constexpr AttrSpec concat_attrs[] = {{.name = "axis", .required = true}};

std::string_view real_operator(const OpView& op) { return op.node.op->name.substr(prefix.size()); }

Expansion expand_unary(const OpView& op) {
  Expansion expansion;
  const auto x = add_dequantize(op, expansion, {.levels = 0, .scale = 1, .zero_point = 2});
  Attrs attrs = shared_attributes(op, real_operator(op));
  // Before 13 all axes from `axis` on were one.
  if (op.has("opset")) attrs["flatten"] = std::int64_t{op.integer("opset") < 13 ? 1 : 0};
  const auto y = expansion.add(real_operator(op), {x}, std::move(attrs));
  end_in_quantize(op, expansion, y, {.scale = 3, .zero_point = 4});
  return expansion;
}

Expansion expand_binary(const OpView& op) {
  Expansion expansion;
  const auto a = add_dequantize(op, expansion, {.levels = 0, .scale = 1, .zero_point = 2});
  const auto b = add_dequantize(op, expansion, {.levels = 3, .scale = 4, .zero_point = 5});
  end_in_quantize(op, expansion, expansion.add(real_operator(op), {a, b}), {.scale = 6, .zero_point = 7});
  return expansion;
}

// Scale and zero point of the result come first, then three operands for each tensor.
Expansion expand_concat(const OpView& op) {
  Expansion expansion;
  std::vector<Expansion::Ref> operands;
  for (std::size_t i = 2; i + 2 < op.node.inputs.size(); i += 3)
    operands.push_back(add_dequantize(op, expansion, {.levels = i, .scale = i + 1, .zero_point = i + 2}));
  const auto y = expansion.add("Concat", std::move(operands), shared_attributes(op, "Concat"));
  end_in_quantize(op, expansion, y, {.scale = 0, .zero_point = 1});
  return expansion;
}

// The result is stored in the type of the operands, which its zero point, if there is one, must have.
Status expect_result_type(const OpView& op, std::size_t zero_point, std::size_t levels) {
  const bool is_unsigned = op.in(levels).dtype == DType::u8;
  if (op.has_in(zero_point) ? op.in(zero_point).dtype == op.in(levels).dtype : is_unsigned) return Ok{};
  return at(op, Code::unsupported_type, "the zero point of the result has another type than the operands",
            {"give a zero point of the operands' type"});
}

Result<Types> infer_unary(const OpView& op) {
  MOTE_TRY_STATUS(expect_present(op, {0, 1, 3}));
  MOTE_TRY_STATUS(expect_result_type(op, 4, 0));
  return infer_expanded(op, expand_unary(op));
}
Result<Types> infer_binary(const OpView& op) {
  MOTE_TRY_STATUS(expect_present(op, {0, 1, 3, 4, 6}));
  MOTE_TRY_STATUS(expect_result_type(op, 7, 0));
  return infer_expanded(op, expand_binary(op));
}
Result<Types> infer_concat(const OpView& op) {
  if (op.node.inputs.size() % 3 != 2)
    return at(op, Code::wrong_arity, std::to_string(op.node.inputs.size()) + " inputs, expected 2 and 3 for each tensor",
              {"check the exported node"});
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) MOTE_TRY_STATUS(expect_present(op, {i}));
  MOTE_TRY_STATUS(expect_result_type(op, 1, 2));
  return infer_expanded(op, expand_concat(op));
}
template <Expansion (*expand)(const OpView&)>
void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

// A tensor, or two, and the grid of the result.
Sample sample_of(Rng& rng, std::initializer_list<Shape> shapes) {
  Sample sample;
  const DType dtype = sample_stored_dtype(rng);
  for (const Shape& shape : shapes) append_stored_sample(rng, sample, shape, dtype);
  append_stored_sample(rng, sample, Shape{}, dtype);
  sample.inputs.erase(sample.inputs.end() - 3);
  return sample;
}
Sample sample_unary(Rng& rng) { return sample_of(rng, {random_shape(rng, 1, 3, 4)}); }
Sample sample_binary(Rng& rng) {
  const Shape shape = random_shape(rng, 1, 3, 4);
  return sample_of(rng, {shape, random_operand_shape(rng, shape)});
}
Sample sample_softmax(Rng& rng) {
  const Shape shape = random_shape(rng, 1, 3, 4);
  Sample sample = sample_of(rng, {shape});
  sample.attrs = {{"axis", rng.integer(0, static_cast<std::int64_t>(shape.rank()) - 1)},
                  {"opset", rng.chance(2) ? std::int64_t{11} : std::int64_t{13}}};
  return sample;
}
Sample sample_global_pool(Rng& rng) { return sample_of(rng, {random_shape(rng, 3, 4, 4)}); }
Sample sample_pool(Rng& rng) {
  const std::vector<std::int64_t> kernel{rng.integer(1, 3), rng.integer(1, 3)};
  Sample sample = sample_of(
      rng, {shape_of({1, rng.integer(1, 3), kernel[0] + rng.integer(0, 4), kernel[1] + rng.integer(0, 4)})});
  sample.attrs = {{"kernel_shape", kernel},
                  {"strides", std::vector<std::int64_t>{rng.integer(1, 3), rng.integer(1, 3)}}};
  return sample;
}
Sample sample_concat(Rng& rng) {
  const Shape shape = random_shape(rng, 1, 3, 4);
  Sample sample = sample_of(rng, {shape, shape});
  std::rotate(sample.inputs.begin(), sample.inputs.end() - 2, sample.inputs.end());
  sample.attrs["axis"] = rng.integer(0, static_cast<std::int64_t>(shape.rank()) - 1);
  return sample;
}

constexpr OpDef unary(std::string_view name, std::string_view summary, std::span<const AttrSpec> attrs,
                      Sample (*sample)(Rng&)) {
  return {.name = name,
          .summary = summary,
          .onnx = {.name = name, .domain = "com.microsoft", .since = 1, .until = 1},
          .arity = {.min_in = 4, .max_in = 5},
          .attrs = attrs,
          .infer = infer_unary,
          .eval = eval<expand_unary>,
          .sample = sample};
}
constexpr OpDef binary(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .onnx = {.name = name, .domain = "com.microsoft", .since = 1, .until = 1},
          .arity = {.min_in = 7, .max_in = 8},
          .infer = infer_binary,
          .eval = eval<expand_binary>,
          .sample = sample_binary};
}

constexpr OpDef family[] = {
    binary("QLinearAdd", "Add of stored integers with a stored result"),
    unary("QLinearAveragePool", "AveragePool of stored integers with a stored result", pool_attrs, sample_pool),
    {.name = "QLinearConcat",
     .summary = "Concat of stored integers with a stored result",
     .onnx = {.name = "QLinearConcat", .domain = "com.microsoft", .since = 1, .until = 1},
     .arity = {.min_in = 5, .max_in = 255},
     .attrs = concat_attrs,
     .infer = infer_concat,
     .eval = eval<expand_concat>,
     .sample = sample_concat},
    unary("QLinearGlobalAveragePool", "GlobalAveragePool of stored integers with a stored result", global_pool_attrs,
          sample_global_pool),
    unary("QLinearLeakyRelu", "LeakyRelu of stored integers with a stored result", leaky_attrs, sample_unary),
    binary("QLinearMul", "Mul of stored integers with a stored result"),
    unary("QLinearSigmoid", "Sigmoid of stored integers with a stored result", {}, sample_unary),
    unary("QLinearSoftmax", "Softmax of stored integers with a stored result", softmax_attrs, sample_softmax),
};
constexpr ExpansionRule rules[] = {
    {"QLinearAdd", expand_binary},      {"QLinearAveragePool", expand_unary},       {"QLinearConcat", expand_concat},
    {"QLinearMul", expand_binary},      {"QLinearGlobalAveragePool", expand_unary}, {"QLinearLeakyRelu", expand_unary},
    {"QLinearSigmoid", expand_unary}, {"QLinearSoftmax", expand_unary}};

}  // namespace

std::span<const OpDef> qlinear_elementwise_ops();
std::span<const OpDef> qlinear_elementwise_ops() { return family; }
std::span<const ExpansionRule> qlinear_elementwise_expansions();
std::span<const ExpansionRule> qlinear_elementwise_expansions() { return rules; }

}  // namespace mote::ops
