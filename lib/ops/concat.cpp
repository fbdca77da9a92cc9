// Concat (ONNX 4..13): inputs joined along one axis; all other extents are equal.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec concat_attrs[] = {{.name = "axis", .required = true}};

std::size_t axis_of(const OpView& op) { return checked_axis(op, "axis", op.in(0).shape.rank()); }

// Elements that input i contributes to each row of the output.
std::int64_t block_of(const OpView& op, std::size_t i) {
  const AxisSplit split = split_at(op.in(i).shape, axis_of(op));
  return split.extent * split.inner;
}

Status check_input(const OpView& op, std::size_t i, std::size_t axis) {
  MOTE_TRY_STATUS(require_same_dtype(op, 0, i));
  const Shape& first = op.in(0).shape;
  const Shape& shape = op.in(i).shape;
  bool fits = shape.rank() == first.rank();
  for (std::size_t a = 0; fits && a < shape.rank(); ++a) fits = a == axis || shape[a] == first[a];
  if (fits) return Ok{};
  return at(op, Code::shape_mismatch,
            "input " + std::to_string(i) + " is " + shape.text() + ", input 0 is " + first.text() + "; all but axis " +
                std::to_string(axis) + " must be equal");
}

Result<Types> infer(const OpView& op) {
  const Shape& first = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), first.rank()));
  std::vector<std::int64_t> extents = extents_of(first);
  TensorType type = op.in(0);
  for (std::size_t i = 1; i < op.node.inputs.size(); ++i) {
    if (!op.has_in(i)) return at(op, Code::wrong_arity, "input " + std::to_string(i) + " may not be left out");
    MOTE_TRY_STATUS(check_input(op, i, axis));
    extents[axis] += op.in(i).shape[axis];
    // One scale serves the joined tensor only if every part has it.
    if (op.in(i).quant != type.quant) type.quant.reset();
  }
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(type, std::move(shape))};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const AxisSplit whole = split_at(out[0].shape, axis_of(op));
  const auto size = static_cast<std::size_t>(byte_size(out[0].dtype));
  auto to = out[0].bytes.begin();
  for (std::int64_t row = 0; row < whole.outer; ++row) {
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto bytes = static_cast<std::ptrdiff_t>(size) * block_of(op, i);
      to = std::copy_n(in[i]->bytes.begin() + row * bytes, bytes, to);
    }
  }
}

// Along the outermost axis that counts, every input is one piece of the output.
std::vector<View> views(const OpView& op) {
  if (split_at(op.out(0).shape, axis_of(op)).outer != 1) return {};
  std::vector<View> parts;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    parts.push_back({.kind = View::Kind::input_in_output, .input = i, .offset = offset});
    offset += op.in(i).bytes();
  }
  return parts;
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const AxisSplit whole = split_at(op.out(0).shape, axis_of(op));
  KernelCall call{.header = "concat",
                  .kernel = "concat",
                  .fields = {{"outer", field(whole.outer)}, {"row", field(whole.extent * whole.inner)}},
                  .operands = {op.node.outputs[0]}};
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    call.types.push_back(std::to_string(block_of(op, i)));
    call.operands.push_back(op.node.inputs[i]);
  }
  return call;
}

Sample sample(Rng& rng) {
  const DType dtype = random_dtype(rng);
  std::vector<std::int64_t> extents = extents_of(random_shape(rng, 1, 5, 4));
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(extents.size()) - 1));
  Sample sample{.attrs = {{"axis", random_spelling(rng, axis, extents.size())}}, .inputs = {}};
  for (auto count = rng.integer(1, 4); count > 0; --count) {
    extents[axis] = rng.integer(1, 4);
    sample.inputs.push_back({.type = {.dtype = dtype, .shape = shape_of(extents)}});
  }
  return sample;
}

// Every operand has its own slice of the gradient.
void gradient(const OpView& op, GradientBuilder& builder) {
  const auto axis = static_cast<std::int64_t>(axis_of(op));
  std::int64_t start = 0;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    const std::int64_t end = start + op.in(i).shape[axis_of(op)];
    if (builder.wants(i))
      builder.give(i, builder.apply("Slice", {builder.gradient()},
                                    {{"starts", std::vector{start}}, {"ends", std::vector{end}}, {"axes", std::vector{axis}}}));
    start = end;
  }
}

constexpr OpDef family[] = {
    {.name = "Concat",
     .summary = "inputs joined along one axis",
     .onnx = {.name = "Concat", .domain = "", .since = 4, .until = 13},
     .arity = {.min_in = 1, .max_in = 255},
     .attrs = concat_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> concat_ops();
std::span<const OpDef> concat_ops() { return family; }

}  // namespace mote::ops
