// Where (ONNX 9..16): y = condition ? a : b, with multidirectional broadcasting.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/elementwise.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype != DType::boolean)
    return at(op, Code::unsupported_type,
              "the condition is " + std::string(name_of(op.in(0).dtype)) + ", expected a boolean tensor");
  MOTE_TRY_STATUS(require_same_dtype(op, 1, 2));
  MOTE_TRY(Shape shape, broadcast_inputs(op));
  return Types{{.dtype = op.in(1).dtype, .shape = std::move(shape)}};
}

void eval(const OpView&, Operands in, Outputs out) {
  const Shape& shape = out[0].shape;
  const std::array strides{broadcast_strides(in[0]->shape, shape), broadcast_strides(in[1]->shape, shape),
                           broadcast_strides(in[2]->shape, shape)};
  const auto condition = in[0]->as<std::uint8_t>();
  visit_dtype(out[0].dtype, [&]<class T>() {
    const auto a = in[1]->as<T>();
    const auto b = in[2]->as<T>();
    const auto y = out[0].as<T>();
    for_each_position<3>(shape, strides,
                         [&](std::size_t i, auto at) { y[i] = condition[at[0]] != 0 ? a[at[1]] : b[at[2]]; });
  });
}

Result<KernelCall> lower(const OpView& op, const Target&) { return broadcast_call(op, "comparisons", "Where"); }

Sample sample(Rng& rng) {
  const Shape result = random_shape(rng, 0, 4, 5);
  const DType dtype = random_dtype(rng);
  const auto operand = [&](DType type) -> Sample::Input {
    return {.type = {.dtype = type, .shape = rng.chance(2) ? result : random_operand_shape(rng, result)},
            .low = 0.0F,
            .high = 1.0F};
  };
  return {.attrs = {}, .inputs = {operand(DType::boolean), operand(dtype), operand(dtype)}};
}

void gradient(const OpView&, GradientBuilder& builder) {
  const Term condition = builder.operand(0), dy = builder.gradient();
  if (builder.wants(1)) builder.give(1, choose(condition, dy, 0.0F));
  if (builder.wants(2)) builder.give(2, choose(condition, 0.0F, dy));
}

constexpr OpDef family[] = {
    {.name = "Where",
     .summary = "elements of one or the other operand",
     .onnx = {.name = "Where", .domain = "", .since = 9, .until = 16},
     .arity = {.min_in = 3, .max_in = 3},
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> where_ops();
std::span<const OpDef> where_ops() { return family; }

}  // namespace mote::ops
