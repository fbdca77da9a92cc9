// Select2d: mote's core form of Resize to the nearest neighbour, for elements of every type. Axes `axis` and `axis` + 1
// of x are rows and columns of images; operands rows s32 [OH] and columns s32 [OW], constants, say which of them the
// result consists of. Value: codegen/kernels/select2d.hpp.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/image_axes.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec select_attrs[] = {{.name = "axis", .required = true, .lowest = 0, .highest = 14}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY(const ImageAxes image, image_axes(op, 1, 2));
  MOTE_TRY_STATUS(expect_positions(op, 1, "rows", 0, image.in_h - 1));
  MOTE_TRY_STATUS(expect_positions(op, 2, "columns", 0, image.in_w - 1));
  MOTE_TRY(TensorType type, image_type(op, image));
  return Types{std::move(type)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const ImageAxes image = *image_axes(op, 1, 2);
  const std::vector<std::int64_t> rows = in[1]->to_integers(), columns = in[2]->to_integers();
  const std::int64_t bytes = image.inner * byte_size(in[0]->dtype);
  auto to = out[0].bytes.begin();
  for (std::int64_t outer = 0; outer < image.outer; ++outer)
    for (const std::int64_t row : rows)
      for (const std::int64_t column : columns) {
        const std::int64_t pixel = (outer * image.in_h + row) * image.in_w + column;
        to = std::copy_n(in[0]->bytes.begin() + pixel * bytes, bytes, to);
      }
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const auto& inputs = op.node.inputs;
  KernelCall call{.header = "select2d",
                  .kernel = "select2d",
                  .operands = {inputs[0], inputs[1], inputs[2], op.node.outputs[0]}};
  append_image_fields(call, *image_axes(op, 1, 2));
  return call;
}

Sample::Input random_positions(Rng& rng, std::int64_t extent) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(rng.integer(1, 6)));
  for (std::int64_t& position : positions) position = rng.integer(0, extent - 1);
  return integer_constant(DType::s32, shape_of({static_cast<std::int64_t>(positions.size())}), positions);
}

Sample sample(Rng& rng) {
  const Shape x = random_shape(rng, 2, 5, 4);
  const std::int64_t axis = rng.integer(0, static_cast<std::int64_t>(x.rank()) - 2);
  const auto first = static_cast<std::size_t>(axis);
  return {.attrs = {{"axis", axis}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = x}},
                     random_positions(rng, x[first]),
                     random_positions(rng, x[first + 1])}};
}

// A 1 where a position was picked, transposed: [extent, picked].
Tensor picked_by(const Tensor& positions, std::int64_t extent) {
  const std::vector<std::int64_t> picked = positions.to_integers();
  Tensor matrix = Tensor::zeros(DType::f32, shape_of({extent, static_cast<std::int64_t>(picked.size())}));
  for (std::size_t i = 0; i < picked.size(); ++i)
    matrix.as<float>()[static_cast<std::size_t>(picked[i]) * picked.size() + i] = 1.0F;
  return matrix;
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const auto axis = static_cast<std::size_t>(op.integer("axis"));
  const Shape& x = op.in(0).shape;
  const Term columns = multiplied_along(builder.gradient(), axis + 1, picked_by(op.constant(2), x[axis + 1]));
  builder.give(0, multiplied_along(columns, axis, picked_by(op.constant(1), x[axis])));
}

constexpr OpDef family[] = {
    {.name = "Select2d",
     .summary = "images of chosen rows and columns",
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = select_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> select2d_ops();
std::span<const OpDef> select2d_ops() { return family; }

}  // namespace mote::ops
