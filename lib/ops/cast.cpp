// Cast (ONNX 6..21) and CastLike (15..21): the same numbers in another element type, see `convert` in lib/ir/tensor.hpp
// for what happens to those that do not fit. `saturate` concerns 8-bit floats only, which mote does not compute with.
#include <array>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec cast_attrs[] = {{.name = "to", .required = true},
                                   {.name = "saturate", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1}};
constexpr AttrSpec cast_like_attrs[] = {{.name = "saturate", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1}};

// TensorProto.DataType by number; empty where mote has the type or ONNX has none.
constexpr std::array<std::string_view, 24> foreign_types{
    "",         "", "", "",           "",           "",         "",           "",
    "string",   "", "float16",        "",           "",         "",           "complex64", "complex128",
    "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1"};

std::string asked_type(std::int64_t to) {
  const bool named = to >= 0 && to < static_cast<std::int64_t>(foreign_types.size()) &&
                     !foreign_types[static_cast<std::size_t>(to)].empty();
  return named ? std::string(foreign_types[static_cast<std::size_t>(to)]) : "element type " + std::to_string(to);
}

Result<Types> infer_cast(const OpView& op) {
  const auto dtype = dtype_from_onnx(op.integer("to"));
  if (!dtype)
    return at(op, Code::unsupported_type, "cast to " + asked_type(op.integer("to")) + ", which mote does not compute with",
              {"export the model in float32"});
  return Types{{.dtype = *dtype, .shape = op.in(0).shape}};
}

Result<Types> infer_cast_like(const OpView& op) { return Types{{.dtype = op.in(1).dtype, .shape = op.in(0).shape}}; }

void eval(const OpView&, Operands in, Outputs out) { out[0].bytes = convert(*in[0], out[0].dtype).bytes; }

// A truth value is a byte holding 0 or 1, so it may be looked at as u8, but not the other way round.
bool keeps_bytes(const OpView& op) {
  const DType from = op.in(0).dtype;
  const DType to = op.out(0).dtype;
  return from == to || (from == DType::boolean && to == DType::u8);
}

std::vector<View> views(const OpView& op) { return keeps_bytes(op) ? whole_view(op) : std::vector<View>{}; }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  if (keeps_bytes(op)) return lower_copy(op, target);
  const bool to_truth = op.out(0).dtype == DType::boolean;
  return KernelCall{.header = "cast",
                    .kernel = to_truth ? "cast_to_truth" : "cast",
                    .types = to_truth ? std::vector<std::string>{} : std::vector{type_name(op.out(0).dtype)},
                    .fields = {{"count", field(op.in(0).shape.elements())}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]},
                    .traversal = Traversal::elementwise};
}

Sample::Input random_input(Rng& rng, const Shape& shape) {
  return {.type = {.dtype = random_dtype(rng), .shape = shape}, .low = -300.0F, .high = 300.0F};
}

Sample sample_cast(Rng& rng) {
  constexpr std::array<std::int64_t, 11> known{1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13};
  const std::int64_t to = known[static_cast<std::size_t>(rng.integer(0, 10))];
  return {.attrs = {{"to", to}}, .inputs = {random_input(rng, random_shape(rng, 0, 4, 5))}};
}

Sample sample_cast_like(Rng& rng) {
  const Shape shape = random_shape(rng, 0, 4, 5);
  return {.attrs = {}, .inputs = {random_input(rng, shape), random_input(rng, random_shape(rng, 0, 2, 3))}};
}

// Only between floats: wants() is false of integers, and what became an integer has no gradient.
void gradient(const OpView& op, GradientBuilder& builder) {
  if (builder.wants(1)) builder.give_zeros(1);
  if (builder.wants(0) && is_float(op.out(0).dtype))
    builder.give(0, builder.apply("CastLike", {builder.gradient(), builder.operand(0)}));
}

constexpr OpDef family[] = {
    {.name = "Cast",
     .summary = "the same numbers in a given element type",
     .onnx = {.name = "Cast", .domain = "", .since = 6, .until = 21},
     .attrs = cast_attrs,
     .infer = infer_cast,
     .eval = eval,
     .views = views,
     .lower = lower,
     .sample = sample_cast,
     .gradient = gradient},
    {.name = "CastLike",
     .summary = "the same numbers in the element type of another tensor",
     .onnx = {.name = "CastLike", .domain = "", .since = 15, .until = 21},
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = cast_like_attrs,
     .infer = infer_cast_like,
     .eval = eval,
     .views = views,
     .lower = lower,
     .sample = sample_cast_like,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> cast_ops();
std::span<const OpDef> cast_ops() { return family; }

}  // namespace mote::ops
