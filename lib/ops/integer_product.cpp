// ConvInteger, MatMulInteger (ONNX 10): sums of products of stored integers less their zero points, as s32. Sums are
// exact: those of MatMulInteger in 32 bits, which wrap, those of ConvInteger in double precision, which 2^53 bounds.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t onnx_s32 = 6, onnx_f64 = 11;  // TensorProto.DataType
constexpr AttrSpec conv_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "group", .fallback = std::int64_t{1}, .lowest = 1, .highest = window_limit},
    {.name = "kernel_shape", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};

// Levels less their zero point, which has `extents` if there is one per index of an axis.
Expansion::Ref add_distance(const OpView& op, Expansion& expansion, std::size_t levels, std::size_t zero_point,
                            std::int64_t type, std::vector<std::int64_t> extents) {
  const auto wide = expansion.add("Cast", {Expansion::input(levels)}, {{"to", type}});
  if (!op.has_in(zero_point)) return wide;
  auto zero = expansion.add("Cast", {Expansion::input(zero_point)}, {{"to", type}});
  if (op.in(zero_point).shape.elements() > 1)
    zero = expansion.add("Reshape", {zero}, {{"shape", std::move(extents)}});
  return expansion.add("Sub", {wide, zero});
}

Expansion expand_matmul(const OpView& op) {
  Expansion expansion;
  const auto a = add_distance(op, expansion, 0, 2, onnx_s32, {-1, 1});
  const auto b = add_distance(op, expansion, 1, 3, onnx_s32, {-1});
  expansion.results = {expansion.add("MatMul", {a, b})};
  return expansion;
}

Expansion expand_conv(const OpView& op) {
  Expansion expansion;
  std::vector<std::int64_t> by_channel(op.in(1).shape.rank(), 1);
  if (!by_channel.empty()) by_channel[0] = -1;
  const auto x = add_distance(op, expansion, 0, 2, onnx_f64, {1});
  const auto w = add_distance(op, expansion, 1, 3, onnx_f64, std::move(by_channel));
  const auto sum = expansion.add("Conv", {x, w}, shared_attributes(op, "Conv"));
  expansion.results = {expansion.add("Cast", {sum}, {{"to", onnx_s32}})};
  return expansion;
}

Status expect_stored(const OpView& op) {
  for (std::size_t i = 0; i < 2; ++i)
    if (op.in(i).dtype != DType::u8 && op.in(i).dtype != DType::s8)
      return at(op, Code::unsupported_type, "input " + std::to_string(i) + " is " + std::string(name_of(op.in(i).dtype)) +
                                                ", expected u8 or s8", {"quantize it to 8 bits"});
  for (std::size_t i = 2; i < op.node.inputs.size(); ++i)
    if (op.has_in(i) && op.in(i).dtype != op.in(i - 2).dtype)
      return at(op, Code::unsupported_type, "a zero point has another type than its operand",
                {"give zero points of the operands' types"});
  return Ok{};
}
template <Expansion (*expand)(const OpView&)>
Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_present(op, {0, 1}));
  MOTE_TRY_STATUS(expect_stored(op));
  return infer_expanded(op, expand(op));
}
template <Expansion (*expand)(const OpView&)>
void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample with_zero_points(Rng& rng, Sample sample, const Shape& a, const Shape& b) {
  append_stored_sample(rng, sample, a, sample_stored_dtype(rng));
  append_stored_sample(rng, sample, b, sample_stored_dtype(rng));
  sample.inputs = {sample.inputs[0], sample.inputs[3], sample.inputs[2], sample.inputs[5]};
  sample.inputs[3].present = rng.chance(2);
  return sample;
}
Sample sample_matmul(Rng& rng) {
  const std::int64_t depth = rng.integer(1, 6);
  return with_zero_points(rng, {}, shape_of({rng.integer(1, 4), depth}), shape_of({depth, rng.integer(1, 5)}));
}
Sample sample_conv(Rng& rng) {
  Sample sample;
  const std::vector<std::int64_t> kernel{rng.integer(1, 3), rng.integer(1, 3)};
  std::vector<std::int64_t> x{1, rng.integer(1, 3)}, w{rng.integer(1, 3), x[1], kernel[0], kernel[1]};
  std::ranges::copy(sample_window(rng, sample.attrs, kernel, true, true), std::back_inserter(x));
  return with_zero_points(rng, std::move(sample), shape_of(x), shape_of(w));
}

constexpr OpDef family[] = {
    {.name = "ConvInteger",
     .summary = "Conv of stored integers less their zero points, as s32",
     .onnx = {.name = "ConvInteger", .domain = "", .since = 10, .until = 10},
     .arity = {.min_in = 2, .max_in = 4},
     .attrs = conv_attrs,
     .infer = infer<expand_conv>,
     .eval = eval<expand_conv>,
     .sample = sample_conv},
    {.name = "MatMulInteger",
     .summary = "MatMul of stored integers less their zero points, as s32",
     .onnx = {.name = "MatMulInteger", .domain = "", .since = 10, .until = 10},
     .arity = {.min_in = 2, .max_in = 4},
     .infer = infer<expand_matmul>,
     .eval = eval<expand_matmul>,
     .sample = sample_matmul},
};
constexpr ExpansionRule rules[] = {{"ConvInteger", expand_conv}, {"MatMulInteger", expand_matmul}};

}  // namespace

std::span<const OpDef> integer_product_ops();
std::span<const OpDef> integer_product_ops() { return family; }
std::span<const ExpansionRule> integer_product_expansions();
std::span<const ExpansionRule> integer_product_expansions() { return rules; }

}  // namespace mote::ops
