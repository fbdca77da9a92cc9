#include "lib/ops/support/image_axes.hpp"

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {

Result<ImageAxes> image_axes(const OpView& op, std::size_t rows, std::size_t columns) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2));
  const Shape& x = op.in(0).shape;
  const std::int64_t axis = op.integer("axis");
  if (axis + 2 > static_cast<std::int64_t>(x.rank()))
    return at(op, Code::attribute_range,
              "axis is " + std::to_string(axis) + ", expected at most " + std::to_string(x.rank() - 2) +
                  " for two neighbouring axes of " + x.text());
  const auto first = static_cast<std::size_t>(axis);
  const std::int64_t out_h = op.in(rows).shape.elements(), out_w = op.in(columns).shape.elements();
  MOTE_TRY_STATUS(expect_constant_of(op, rows, "rows", DType::s32, {out_h}));
  MOTE_TRY_STATUS(expect_constant_of(op, columns, "columns", DType::s32, {out_w}));
  return ImageAxes{.outer = product(x.extents().first(first)),
                   .in_h = x[first],
                   .in_w = x[first + 1],
                   .inner = product(x.extents().subspan(first + 2)),
                   .out_h = out_h,
                   .out_w = out_w};
}

Result<TensorType> image_type(const OpView& op, const ImageAxes& image) {
  std::vector<std::int64_t> extents = extents_of(op.in(0).shape);
  const auto axis = static_cast<std::size_t>(op.integer("axis"));
  extents[axis] = image.out_h;
  extents[axis + 1] = image.out_w;
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return moved(op.in(0), std::move(shape));
}

Status expect_positions(const OpView& op, std::size_t input, std::string_view role, std::int64_t lowest,
                        std::int64_t highest) {
  for (const std::int64_t position : op.constant(input).to_integers())
    if (position < lowest || position > highest)
      return at(op, Code::attribute_range,
                std::string(role) + " has the position " + std::to_string(position) + ", must be " +
                    std::to_string(lowest) + ".." + std::to_string(highest));
  return Ok{};
}

void append_image_fields(KernelCall& call, const ImageAxes& image) {
  call.fields.insert(call.fields.end(), {{"outer", field(image.outer)},
                                         {"in_h", field(image.in_h)},
                                         {"in_w", field(image.in_w)},
                                         {"inner", field(image.inner)},
                                         {"out_h", field(image.out_h)},
                                         {"out_w", field(image.out_w)}});
}

}  // namespace mote::ops
