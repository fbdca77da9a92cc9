// Expand (ONNX 8..13): the input repeated along axes of extent 1; Tile (ONNX 6..13): the input laid side by side
// `repeats` times along every axis.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/broadcast.hpp"
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/walk.hpp"
#include "lib/support/checked.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec expand_attrs[] = {
    {.name = "shape", .kind = AttrKind::integers, .required = true, .lowest = 0, .operand = 1}};
constexpr AttrSpec tile_attrs[] = {
    {.name = "repeats", .kind = AttrKind::integers, .required = true, .lowest = 0, .operand = 1}};

Result<Types> infer_expand(const OpView& op) {
  MOTE_TRY(const Shape wanted, make_shape(op, op.integers("shape")));
  const Shape shapes[] = {op.in(0).shape, wanted};
  MOTE_TRY(Shape shape, broadcast_shape(op, shapes));
  return Types{moved(op.in(0), std::move(shape))};
}

void eval_expand(const OpView&, Operands in, Outputs out) {
  const auto strides = broadcast_strides(in[0]->shape, out[0].shape);
  visit_dtype(in[0]->dtype, [&]<class T>() {
    const auto x = in[0]->as<T>();
    const auto y = out[0].as<T>();
    for_each_position<1>(out[0].shape, {strides}, [&](std::size_t i, auto from) { y[i] = x[from[0]]; });
  });
}

std::vector<View> views_expand(const OpView& op) {
  return op.in(0).shape.elements() == op.out(0).shape.elements() ? whole_view(op) : std::vector<View>{};
}

Result<KernelCall> lower_expand(const OpView& op, const Target&) {
  return strided_copy_call(op, 0, extents_of(op.out(0).shape), broadcast_strides(op.in(0).shape, op.out(0).shape));
}

Result<Types> infer_tile(const OpView& op) {
  const Shape& from = op.in(0).shape;
  const auto& repeats = op.integers("repeats");
  if (repeats.size() != from.rank())
    return at(op, Code::attribute_range,
              "repeats has " + std::to_string(repeats.size()) + " entries, the input " + from.text() + " has rank " +
                  std::to_string(from.rank()));
  std::vector<std::int64_t> extents = extents_of(from);
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    const auto extent = checked_mul(extents[axis], repeats[axis]);
    if (!extent) return at(op, Code::limit_exceeded, "repeats[" + std::to_string(axis) + "] is beyond any tensor");
    extents[axis] = *extent;
  }
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

void eval_tile(const OpView&, Operands in, Outputs out) {
  const auto to_strides = out[0].shape.strides();
  const auto from_strides = in[0]->shape.strides();
  visit_dtype(in[0]->dtype, [&]<class T>() {
    const auto x = in[0]->as<T>();
    const auto y = out[0].as<T>();
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::int64_t from = 0;
      for (std::size_t axis = 0; axis < to_strides.size(); ++axis) {
        const std::int64_t position = static_cast<std::int64_t>(i) / to_strides[axis] % out[0].shape[axis];
        from += position % in[0]->shape[axis] * from_strides[axis];
      }
      y[i] = x[static_cast<std::size_t>(from)];
    }
  });
}

// Two loops per axis: over the repetitions, which do not move the input, and over its extent.
Walk tile_walk(const OpView& op) {
  const Shape& from = op.in(0).shape;
  const auto strides = from.strides();
  Walk walk{.extents = {}, .strides = {{}}};
  for (std::size_t axis = 0; axis < from.rank(); ++axis) {
    walk.extents.insert(walk.extents.end(), {op.integers("repeats")[axis], from[axis]});
    walk.strides[0].insert(walk.strides[0].end(), {0, strides[axis]});
  }
  return merged(walk);
}

Result<KernelCall> lower_tile(const OpView& op, const Target&) {
  Walk walk = tile_walk(op);
  if (walk.extents.size() > Shape::max_rank)
    return at(op, Code::unsupported_form,
              "repeating along this many axes at once needs " + std::to_string(walk.extents.size()) +
                  " loops, the kernel has " + std::to_string(Shape::max_rank),
              {"split it into two Tile nodes"});
  return strided_copy_call(op, 0, std::move(walk.extents), std::move(walk.strides[0]));
}

Sample sample_expand(Rng& rng) {
  const Shape to = random_shape(rng, 1, 6, 4);
  const Shape from = random_operand_shape(rng, to);
  return {.attrs = {{"shape", extents_of(to)}}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

Sample sample_tile(Rng& rng) {
  const Shape from = random_shape(rng, 1, 3, 4);
  std::vector<std::int64_t> repeats(from.rank());
  for (auto& repeat : repeats) repeat = rng.integer(1, 3);
  return {.attrs = {{"repeats", repeats}}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

void gradient_of_expand(const OpView&, GradientBuilder& builder) { builder.give(0, builder.gradient()); }

// Along every axis the sum of what lies side by side.
void gradient_of_tile(const OpView& op, GradientBuilder& builder) {
  std::vector<std::int64_t> extents = extents_of(op.out(0).shape);
  Term dy = builder.gradient();
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    const std::int64_t extent = op.in(0).shape[axis], repeats = op.integers("repeats")[axis];
    const std::span<const std::int64_t> all(extents);
    const std::int64_t outer = product(all.first(axis)), inner = product(all.subspan(axis + 1));
    if (repeats != 1) dy = summed(reshaped(dy, {outer, repeats, extent * inner}), {1});
    extents[axis] = extent;
  }
  builder.give(0, reshaped(dy, op.in(0).shape));
}

constexpr OpDef family[] = {
    {.name = "Expand",
     .summary = "the input repeated along axes of extent 1",
     .onnx = {.name = "Expand", .domain = "", .since = 8, .until = 13},
     .attrs = expand_attrs,
     .infer = infer_expand,
     .eval = eval_expand,
     .bounds = bounds_of_moved,
     .views = views_expand,
     .lower = lower_expand,
     .sample = sample_expand,
     .gradient = gradient_of_expand},
    {.name = "Tile",
     .summary = "the input laid side by side along every axis",
     .onnx = {.name = "Tile", .domain = "", .since = 6, .until = 13},
     .attrs = tile_attrs,
     .infer = infer_tile,
     .eval = eval_tile,
     .bounds = bounds_of_moved,
     .views = views_expand,
     .lower = lower_tile,
     .sample = sample_tile,
     .gradient = gradient_of_tile},
};

}  // namespace

std::span<const OpDef> expand_ops();
std::span<const OpDef> expand_ops() { return family; }

}  // namespace mote::ops
