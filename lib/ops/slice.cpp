// Slice (ONNX 1..13): every step-th element from start towards end, along the named axes. Negative starts and ends
// count from the back, both are then clamped, and a negative step runs backwards. Unlike NumPy's, a start in front of
// the first element is clamped to it even when running backwards.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/walk.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec slice_attrs[] = {{.name = "starts", .kind = AttrKind::integers, .required = true, .operand = 1},
                                    {.name = "ends", .kind = AttrKind::integers, .required = true, .operand = 2},
                                    {.name = "axes", .kind = AttrKind::integers, .operand = 3},
                                    {.name = "steps", .kind = AttrKind::integers, .operand = 4}};

// One axis of the result: element i is element start + i * step of the input; 0 <= start + i * step < extent.
struct Range {
  std::int64_t start = 0, step = 1, count = 0;
};

Range resolve(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t extent) {
  const auto from_back = [&](std::int64_t i) { return i < 0 ? i + extent : i; };
  if (extent == 0) return {};
  const bool forwards = step > 0;
  const std::int64_t highest = forwards ? extent : extent - 1;
  start = std::clamp<std::int64_t>(from_back(start), 0, highest);
  end = std::clamp<std::int64_t>(from_back(end), forwards ? 0 : -1, highest);
  const std::int64_t distance = forwards ? end - start : start - end;
  if (distance <= 0) return {};
  // An exporter's "whole axis backwards" is INT64_MIN: keep the magnitude within what an extent can use.
  const std::int64_t magnitude = forwards ? step : -std::max(step, -Shape::max_elements);
  const std::int64_t count = (distance - 1) / magnitude + 1;
  return {.start = start, .step = count == 1 ? 1 : (forwards ? magnitude : -magnitude), .count = count};
}

Result<std::vector<std::size_t>> sliced_axes(const OpView& op) {
  const std::size_t count = op.integers("starts").size();
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < count; ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (op.has("axes")) axes = op.integers("axes");
  return normalized_axes(op, "axes", axes, op.in(0).shape.rank());
}

Status check_lengths(const OpView& op) {
  const std::size_t count = op.integers("starts").size();
  for (const std::string_view attr : {"ends", "axes", "steps"})
    if (op.has(attr) && op.integers(attr).size() != count)
      return at(op, Code::attribute_range,
                std::string(attr) + " has " + std::to_string(op.integers(attr).size()) + " entries, starts has " +
                    std::to_string(count));
  if (op.has("steps") && std::ranges::find(op.integers("steps"), 0) != op.integers("steps").end())
    return at(op, Code::attribute_range, "steps contains 0, must be positive or negative");
  return Ok{};
}

Result<std::vector<Range>> ranges_of(const OpView& op) {
  MOTE_TRY_STATUS(check_lengths(op));
  MOTE_TRY(const auto axes, sliced_axes(op));
  std::vector<Range> ranges;
  for (const std::int64_t extent : op.in(0).shape.extents()) ranges.push_back({.count = extent});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t step = op.has("steps") ? op.integers("steps")[i] : 1;
    Range& range = ranges[axes[i]];
    range = resolve(op.integers("starts")[i], op.integers("ends")[i], step, range.count);
  }
  return ranges;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY(const auto ranges, ranges_of(op));
  std::vector<std::int64_t> extents;
  for (const Range& range : ranges) extents.push_back(range.count);
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

// Where the result lies in the input, in elements.
struct Selection {
  std::int64_t start = 0;
  std::vector<std::int64_t> extents{}, strides{};
};

Selection selection(const OpView& op) {
  const auto ranges = *ranges_of(op);
  const auto strides = op.in(0).shape.strides();
  Selection result;
  for (std::size_t axis = 0; axis < ranges.size(); ++axis) {
    result.start += ranges[axis].start * strides[axis];
    result.extents.push_back(ranges[axis].count);
    result.strides.push_back(ranges[axis].step * strides[axis]);
  }
  return result;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Selection from = selection(op);
  visit_dtype(in[0]->dtype, [&]<class T>() {
    const auto x = in[0]->as<T>();
    const auto y = out[0].as<T>();
    for_each_position<1>(out[0].shape, {from.strides}, [&](std::size_t i, auto offset) {
      y[i] = x[static_cast<std::size_t>(from.start) + offset[0]];
    });
  });
}

// The result is one run of the input if all its loops merge into one of stride 1.
std::vector<View> views(const OpView& op) {
  const Selection from = selection(op);
  const Walk walk = merged({.extents = from.extents, .strides = {from.strides}});
  const bool one_run = walk.extents.size() == 1 && (walk.extents[0] <= 1 || walk.strides[0][0] == 1);
  if (!one_run) return {};
  const std::int64_t start = op.out(0).shape.elements() == 0 ? 0 : from.start;
  return {{.kind = View::Kind::output_in_input, .offset = start * byte_size(op.in(0).dtype)}};
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  Selection from = selection(op);
  return strided_copy_call(op, from.start, std::move(from.extents), std::move(from.strides));
}

Sample sample(Rng& rng) {
  const Shape from = random_shape(rng, 1, 5, 6);
  std::vector<std::int64_t> starts, ends, axes, steps;
  for (std::size_t axis = 0; axis < from.rank(); ++axis) {
    if (rng.chance(2)) continue;
    starts.push_back(rng.integer(-8, 8));
    ends.push_back(rng.integer(-8, 8));
    axes.push_back(random_spelling(rng, axis, from.rank()));
    steps.push_back(rng.chance(2) ? 1 : (rng.chance(2) ? rng.integer(1, 3) : rng.integer(-3, -1)));
  }
  return {.attrs = {{"starts", starts}, {"ends", ends}, {"axes", axes}, {"steps", steps}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

// Puts elements back along one axis: step - 1 zeros behind each, then zeros on both sides. Running backwards is running
// forwards over the mirror image.
Term spread(Term dy, const AxisSplit& split, std::int64_t extent, const Range& range) {
  const std::int64_t step = std::abs(range.step), count = range.count;
  const std::int64_t first = range.step > 0 ? range.start : range.start + (count - 1) * range.step;
  dy = reshaped(dy, {split.outer, count, 1, split.inner});
  if (range.step < 0)
    dy = dy.builder->apply("Slice", {dy}, {{"starts", std::vector<std::int64_t>{-1}},
                                           {"ends", std::vector{std::numeric_limits<std::int64_t>::min()}},
                                           {"axes", std::vector<std::int64_t>{1}},
                                           {"steps", std::vector<std::int64_t>{-1}}});
  dy = dy.builder->apply("Pad", {dy}, {{"pads", std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, step - 1, 0}}});
  dy = reshaped(dy, {split.outer, count * step, split.inner});
  return dy.builder->apply("Pad", {dy}, {{"pads", std::vector<std::int64_t>{0, first, 0, 0, extent - first - count * step, 0}}});
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const auto ranges = *ranges_of(op);
  if (op.out(0).shape.elements() == 0) return builder.give_zeros(0);
  std::vector<std::int64_t> extents = extents_of(op.out(0).shape);
  Term dy = builder.gradient();
  for (std::size_t axis = 0; axis < ranges.size(); ++axis) {
    const std::int64_t extent = op.in(0).shape[axis];
    if (ranges[axis].count == extent && ranges[axis].step > 0) continue;
    dy = spread(dy, split_at(shape_of(extents), axis), extent, ranges[axis]);
    extents[axis] = extent;
  }
  builder.give(0, reshaped(dy, op.in(0).shape));
}

constexpr OpDef family[] = {
    {.name = "Slice",
     .summary = "every step-th element of a range along axes",
     .onnx = {.name = "Slice", .domain = "", .since = 1, .until = 13},
     .attrs = slice_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> slice_ops();
std::span<const OpDef> slice_ops() { return family; }

}  // namespace mote::ops
