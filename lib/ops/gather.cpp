// Gather (ONNX 1..13): the slices along one axis that a tensor of indices names; its shape replaces that axis.
// Indices known at compile time must be in range; at run time those outside are taken as the nearest valid one.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec gather_attrs[] = {{.name = "axis", .fallback = std::int64_t{0}}};

Status check_indices(const OpView& op, std::int64_t extent) {
  const DType dtype = op.in(1).dtype;
  if (dtype != DType::s32 && dtype != DType::s64)
    return at(op, Code::unsupported_type, "input 'indices' is " + type_text(op.in(1)) + ", expected s32 or s64",
              {"insert a Cast to int64 before this node"});
  if (extent == 0 && op.in(1).shape.elements() > 0)
    return at(op, Code::shape_mismatch, "the axis to pick from has no elements: input 'data' is " + type_text(op.in(0)));
  if (!op.is_constant(1)) return Ok{};
  for (const std::int64_t index : op.constant(1).to_integers())
    if (index < -extent || index >= extent)
      return at(op, Code::attribute_range,
                "index " + std::to_string(index) + " is out of range, must be " + std::to_string(-extent) + ".." +
                    std::to_string(extent - 1));
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  const Shape& data = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), data.rank()));
  MOTE_TRY_STATUS(check_indices(op, data[axis]));
  std::vector<std::int64_t> extents = extents_of(data);
  const auto place = extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(axis));
  const auto picked = op.in(1).shape.extents();
  extents.insert(place, picked.begin(), picked.end());
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

AxisSplit split_of(const OpView& op) {
  const Shape& data = op.in(0).shape;
  return split_at(data, checked_axis(op, "axis", data.rank()));
}

std::int64_t nearest_valid(std::int64_t index, std::int64_t extent) {
  return std::clamp<std::int64_t>(index < 0 && index >= -extent ? index + extent : index, 0, extent - 1);
}

void eval(const OpView& op, Operands in, Outputs out) {
  const AxisSplit split = split_of(op);
  const std::vector<std::int64_t> indices = in[1]->to_integers();
  const std::int64_t slice_bytes = split.inner * byte_size(in[0]->dtype);
  auto to = out[0].bytes.begin();
  for (std::int64_t outer = 0; outer < split.outer; ++outer)
    for (const std::int64_t index : indices) {
      const std::int64_t slice = outer * split.extent + nearest_valid(index, split.extent);
      to = std::copy_n(in[0]->bytes.begin() + slice * slice_bytes, slice_bytes, to);
    }
}

// One slice that is known now, with nothing in front of the axis, is a run of the input: the last step of a sequence.
std::vector<View> views(const OpView& op) {
  const AxisSplit split = split_of(op);
  if (split.outer != 1 || op.in(1).shape.elements() != 1 || !op.is_constant(1)) return {};
  const std::int64_t index = nearest_valid(op.constant(1).to_integers().front(), split.extent);
  return {{.kind = View::Kind::output_in_input, .offset = index * split.inner * byte_size(op.in(0).dtype)}};
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const AxisSplit split = split_of(op);
  return KernelCall{.header = "gather",
                    .kernel = "gather",
                    .fields = {{"outer", field(split.outer)},
                               {"extent", field(split.extent)},
                               {"inner", field(split.inner)},
                               {"count", field(op.in(1).shape.elements())}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]}};
}

Sample sample(Rng& rng) {
  const Shape data = random_shape(rng, 1, 4, 5);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(data.rank()) - 1));
  const Shape picked = random_shape(rng, 0, 2, 3);
  const DType dtype = rng.chance(2) ? DType::s64 : DType::s32;
  // Run-time indices reach beyond both ends of the axis.
  Sample::Input indices{.type = {.dtype = dtype, .shape = picked}, .low = -7.0F, .high = 7.0F};
  if (rng.chance(2)) {
    std::vector<std::int64_t> known;
    for (std::int64_t i = 0; i < picked.elements(); ++i) known.push_back(rng.integer(-data[axis], data[axis] - 1));
    indices = integer_constant(dtype, picked, known);
  }
  return {.attrs = {{"axis", random_spelling(rng, axis, data.rank())}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = data}}, std::move(indices)}};
}

// With a matrix that has a 1 where a slice was picked; slices picked twice take the sum.
void gradient(const OpView& op, GradientBuilder& builder) {
  if (!op.is_constant(1))
    return builder.refuse({at(op, Code::unsupported_form, "the indices of a Gather with gradient must be constant")});
  const Shape& data = op.in(0).shape;
  const std::size_t axis = checked_axis(op, "axis", data.rank());
  const std::vector<std::int64_t> indices = op.constant(1).to_integers();
  Tensor matrix = Tensor::zeros(DType::f32, shape_of({data[axis], static_cast<std::int64_t>(indices.size())}));
  for (std::size_t i = 0; i < indices.size(); ++i)
    matrix.as<float>()[static_cast<std::size_t>(nearest_valid(indices[i], data[axis])) * indices.size() + i] = 1.0F;
  std::vector<std::int64_t> extents = extents_of(data);
  extents[axis] = static_cast<std::int64_t>(indices.size());
  builder.give(0, multiplied_along(reshaped(builder.gradient(), extents), axis, matrix));
}

constexpr OpDef family[] = {
    {.name = "Gather",
     .summary = "the slices along an axis that indices name",
     .onnx = {.name = "Gather", .domain = "", .since = 1, .until = 13},
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = gather_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> gather_ops();
std::span<const OpDef> gather_ops() { return family; }

}  // namespace mote::ops
