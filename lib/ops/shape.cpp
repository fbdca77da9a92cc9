// Shape (ONNX 1..21) and Size (1..21): facts about the type of a tensor. Import evaluates them, so they have no kernel.
#include <algorithm>

#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// The extents of axes start..end-1; negative ones count from the back, both are clamped to the rank.
constexpr AttrSpec shape_attrs[] = {{.name = "start", .fallback = std::int64_t{0}}, {.name = "end"}};

struct AxisRange {
  std::int64_t first = 0, count = 0;
};

AxisRange asked_axes(const OpView& op) {
  const auto rank = static_cast<std::int64_t>(op.in(0).shape.rank());
  const auto place = [&](std::int64_t axis) { return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank); };
  const std::int64_t first = place(op.integer("start"));
  const std::int64_t last = op.has("end") ? place(op.integer("end")) : rank;
  return {.first = first, .count = std::max<std::int64_t>(0, last - first)};
}

Result<Types> infer_shape(const OpView& op) {
  MOTE_TRY(Shape shape, make_shape(op, {asked_axes(op).count}));
  return Types{{.dtype = DType::s64, .shape = std::move(shape)}};
}

void eval_shape(const OpView& op, Operands, Outputs out) {
  const AxisRange axes = asked_axes(op);
  std::ranges::copy(op.in(0).shape.extents().subspan(static_cast<std::size_t>(axes.first),
                                                     static_cast<std::size_t>(axes.count)),
                    out[0].as<std::int64_t>().begin());
}

Result<Types> infer_size(const OpView&) { return Types{{.dtype = DType::s64, .shape = {}}}; }

void eval_size(const OpView& op, Operands, Outputs out) {
  out[0].as<std::int64_t>()[0] = op.in(0).shape.elements();
}

Sample sample_size(Rng& rng) {
  return {.attrs = {}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = random_shape(rng, 0, 5, 4)}}}};
}

Sample sample_shape(Rng& rng) {
  Sample sample = sample_size(rng);
  if (rng.chance(2)) sample.attrs["start"] = rng.integer(-6, 6);
  if (rng.chance(2)) sample.attrs["end"] = rng.integer(-6, 6);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Shape",
     .summary = "the extents of a tensor",
     .onnx = {.name = "Shape", .domain = "", .since = 1, .until = 21},
     .attrs = shape_attrs,
     .infer = infer_shape,
     .eval = eval_shape,
     .sample = sample_shape},
    {.name = "Size",
     .summary = "the number of elements of a tensor",
     .onnx = {.name = "Size", .domain = "", .since = 1, .until = 21},
     .infer = infer_size,
     .eval = eval_size,
     .sample = sample_size},
};

}  // namespace

std::span<const OpDef> shape_ops();
std::span<const OpDef> shape_ops() { return family; }

}  // namespace mote::ops
