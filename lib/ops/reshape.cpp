// Reshape (ONNX 5..21), Flatten (1..21), Squeeze and Unsqueeze (1..21): the same elements under another shape.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/support/checked.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

using Extents = std::vector<std::int64_t>;

// shape[i] == 0 keeps the input's extent unless allowzero; one -1 takes what is left.
constexpr AttrSpec reshape_attrs[] = {
    {.name = "shape", .kind = AttrKind::integers, .required = true, .lowest = -1, .operand = 1},
    {.name = "allowzero", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};
constexpr AttrSpec flatten_attrs[] = {{.name = "axis", .fallback = std::int64_t{1}}};
constexpr AttrSpec squeeze_attrs[] = {{.name = "axes", .kind = AttrKind::integers, .operand = 1}};
constexpr AttrSpec unsqueeze_attrs[] = {{.name = "axes", .kind = AttrKind::integers, .required = true, .operand = 1}};

// The extents asked for, with zeros resolved; -1 stays.
Result<Extents> without_zeros(const OpView& op) {
  Extents wanted = op.integers("shape");
  const Shape& from = op.in(0).shape;
  if (op.integer("allowzero") == 1) return wanted;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != 0) continue;
    if (i >= from.rank())
      return at(op, Code::shape_mismatch,
                "shape[" + std::to_string(i) + "] is 0 (keep the extent), but the input " + from.text() +
                    " has no axis " + std::to_string(i));
    wanted[i] = from[i];
  }
  return wanted;
}

Diagnostic count_mismatch(const OpView& op) {
  return at(op, Code::shape_mismatch,
            "cannot view " + op.in(0).shape.text() + " (" + std::to_string(op.in(0).shape.elements()) +
                " elements) as [" + join(op.integers("shape"), ",") + "]");
}

// The number of elements of all extents but -1; nothing if it overflows.
std::optional<std::int64_t> known_elements(const Extents& extents) {
  std::int64_t known = 1;
  for (const std::int64_t extent : extents) {
    if (extent == -1) continue;
    const auto next = checked_mul(known, extent);
    if (!next) return std::nullopt;
    known = *next;
  }
  return known;
}

Result<Types> infer_reshape(const OpView& op) {
  MOTE_TRY(Extents extents, without_zeros(op));
  const auto known = known_elements(extents);
  if (!known) return count_mismatch(op);
  const std::int64_t elements = op.in(0).shape.elements();
  if (std::ranges::count(extents, -1) > 1)
    return at(op, Code::attribute_range, "shape [" + join(op.integers("shape"), ",") + "] has more than one -1");
  if (const auto rest = std::ranges::find(extents, -1); rest != extents.end()) {
    if (*known == 0 || elements % *known != 0) return count_mismatch(op);
    *rest = elements / *known;
  } else if (*known != elements) {
    return count_mismatch(op);
  }
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

// Axes before `axis` become the rows, the rest the columns; axis == rank gives one column.
Result<Types> infer_flatten(const OpView& op) {
  const Shape& from = op.in(0).shape;
  const auto rank = static_cast<std::int64_t>(from.rank());
  const std::int64_t axis = op.integer("axis");
  if (axis < -rank || axis > rank)
    return at(op, Code::attribute_range,
              "axis is " + std::to_string(axis) + ", must be " + std::to_string(-rank) + ".." + std::to_string(rank));
  const std::size_t first = from_front(axis, from.rank());
  MOTE_TRY(Shape shape, make_shape(op, {product(from.extents().first(first)), product(from.extents().subspan(first))}));
  return Types{moved(op.in(0), std::move(shape))};
}

Result<Types> infer_squeeze(const OpView& op) {
  const Shape& from = op.in(0).shape;
  std::vector<std::size_t> dropped;
  if (op.has("axes")) {
    MOTE_TRY(dropped, normalized_axes(op, "axes", op.integers("axes"), from.rank()));
  } else {
    for (std::size_t axis = 0; axis < from.rank(); ++axis)
      if (from[axis] == 1) dropped.push_back(axis);
  }
  Extents extents;
  for (std::size_t axis = 0; axis < from.rank(); ++axis) {
    const bool drop = std::ranges::find(dropped, axis) != dropped.end();
    if (drop && from[axis] != 1)
      return at(op, Code::shape_mismatch,
                "axis " + std::to_string(axis) + " of " + from.text() + " has extent " + std::to_string(from[axis]) +
                    ", only 1 can be squeezed");
    if (!drop) extents.push_back(from[axis]);
  }
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

Result<Types> infer_unsqueeze(const OpView& op) {
  const Shape& from = op.in(0).shape;
  const std::size_t rank = from.rank() + op.integers("axes").size();
  MOTE_TRY(const auto inserted, normalized_axes(op, "axes", op.integers("axes"), rank));
  Extents extents;
  for (std::size_t axis = 0, next = 0; axis < rank; ++axis)
    extents.push_back(std::ranges::find(inserted, axis) != inserted.end() ? 1 : from[next++]);
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

Sample sample_reshape(Rng& rng) {
  const Shape from = random_shape(rng, 1, 5, 5);
  // Merge two neighbouring axes, then let one extent be spelled -1 or 0 now and then.
  Extents wanted = extents_of(from);
  if (wanted.size() > 1) {
    wanted[wanted.size() - 2] *= wanted.back();
    wanted.pop_back();
  }
  if (rng.chance(2)) wanted.back() = -1;
  if (wanted.size() > 1 && rng.chance(3)) wanted.front() = 0;
  return {.attrs = {{"shape", wanted}}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

Sample sample_flatten(Rng& rng) {
  const Shape from = random_shape(rng, 0, 5, 4);
  const auto rank = static_cast<std::int64_t>(from.rank());
  return {.attrs = {{"axis", rng.integer(-rank, rank)}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

Sample sample_squeeze(Rng& rng) {
  Extents extents = extents_of(random_shape(rng, 1, 5, 4));
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(extents.size()) - 1));
  extents[axis] = 1;
  Sample sample{.attrs = {}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = shape_of(extents)}}}};
  if (!rng.chance(3)) sample.attrs["axes"] = Extents{random_spelling(rng, axis, extents.size())};
  return sample;
}

Sample sample_unsqueeze(Rng& rng) {
  const Shape from = random_shape(rng, 0, 4, 4);
  const auto front = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(from.rank())));
  return {.attrs = {{"axes", Extents{static_cast<std::int64_t>(front), -1}}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

// The same elements under the operand's shape.
void gradient(const OpView& op, GradientBuilder& builder) {
  builder.give(0, reshaped(builder.gradient(), op.in(0).shape));
}

constexpr OpDef family[] = {
    {.name = "Reshape",
     .summary = "the same elements under a given shape",
     .onnx = {.name = "Reshape", .domain = "", .since = 5, .until = 21},
     .attrs = reshape_attrs,
     .infer = infer_reshape,
     .eval = copy_eval,
     .bounds = bounds_of_moved,
     .views = whole_view,
     .lower = lower_copy,
     .sample = sample_reshape,
     .gradient = gradient},
    {.name = "Flatten",
     .summary = "the same elements as a matrix",
     .onnx = {.name = "Flatten", .domain = "", .since = 1, .until = 21},
     .attrs = flatten_attrs,
     .infer = infer_flatten,
     .eval = copy_eval,
     .bounds = bounds_of_moved,
     .views = whole_view,
     .lower = lower_copy,
     .sample = sample_flatten,
     .gradient = gradient},
    {.name = "Squeeze",
     .summary = "axes of extent 1 removed",
     .onnx = {.name = "Squeeze", .domain = "", .since = 1, .until = 21},
     .attrs = squeeze_attrs,
     .infer = infer_squeeze,
     .eval = copy_eval,
     .bounds = bounds_of_moved,
     .views = whole_view,
     .lower = lower_copy,
     .sample = sample_squeeze,
     .gradient = gradient},
    {.name = "Unsqueeze",
     .summary = "axes of extent 1 inserted",
     .onnx = {.name = "Unsqueeze", .domain = "", .since = 1, .until = 21},
     .attrs = unsqueeze_attrs,
     .infer = infer_unsqueeze,
     .eval = copy_eval,
     .bounds = bounds_of_moved,
     .views = whole_view,
     .lower = lower_copy,
     .sample = sample_unsqueeze,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> reshape_ops();
std::span<const OpDef> reshape_ops() { return family; }

}  // namespace mote::ops
