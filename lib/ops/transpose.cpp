// Transpose (ONNX 1..21): axis i of the result is axis perm[i] of the input; without perm the axes are reversed.
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

constexpr AttrSpec transpose_attrs[] = {{.name = "perm", .kind = AttrKind::integers}};

std::vector<std::size_t> permutation(const OpView& op) {
  const std::size_t rank = op.in(0).shape.rank();
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < rank; ++i)
    axes.push_back(op.has("perm") ? from_front(op.integers("perm")[i], rank) : rank - 1 - i);
  return axes;
}

template <class List>
std::vector<std::int64_t> permuted(const List& values, const std::vector<std::size_t>& axes) {
  std::vector<std::int64_t> result;
  for (const std::size_t axis : axes) result.push_back(values[axis]);
  return result;
}

Result<Types> infer(const OpView& op) {
  const Shape& from = op.in(0).shape;
  if (op.has("perm")) {
    MOTE_TRY(const auto axes, normalized_axes(op, "perm", op.integers("perm"), from.rank()));
    if (axes.size() != from.rank())
      return at(op, Code::attribute_range,
                "perm has " + std::to_string(axes.size()) + " entries, the input " + from.text() + " has rank " +
                    std::to_string(from.rank()));
  }
  const auto axes = permutation(op);
  MOTE_TRY(Shape shape, make_shape(op, permuted(from.extents(), axes)));
  TensorType type = moved(op.in(0), std::move(shape));
  if (op.in(0).quant && op.in(0).quant->axis) {
    type.quant = op.in(0).quant;
    type.quant->axis = static_cast<std::size_t>(std::ranges::find(axes, *op.in(0).quant->axis) - axes.begin());
  }
  return Types{std::move(type)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto strides = permuted(in[0]->shape.strides(), permutation(op));
  visit_dtype(in[0]->dtype, [&]<class T>() {
    const auto x = in[0]->as<T>();
    const auto y = out[0].as<T>();
    for_each_position<1>(out[0].shape, {strides}, [&](std::size_t i, auto from) { y[i] = x[from[0]]; });
  });
}

// Only axes of extent 1 change places: no element moves.
std::vector<View> views(const OpView& op) {
  std::vector<std::size_t> moving = permutation(op);
  std::erase_if(moving, [&](std::size_t axis) { return op.in(0).shape[axis] == 1; });
  return std::ranges::is_sorted(moving) ? whole_view(op) : std::vector<View>{};
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const auto axes = permutation(op);
  const Shape& from = op.in(0).shape;
  return strided_copy_call(op, 0, permuted(from.extents(), axes), permuted(from.strides(), axes));
}

Sample sample(Rng& rng) {
  const Shape from = random_shape(rng, 1, 6, 4);
  Sample sample{.attrs = {}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
  if (rng.chance(4)) return sample;
  std::vector<std::int64_t> perm(from.rank());
  for (std::size_t i = 0; i < perm.size(); ++i) {
    const auto other = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(i)));
    perm[i] = perm[other];
    perm[other] = static_cast<std::int64_t>(i);
  }
  sample.attrs["perm"] = perm;
  return sample;
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const auto axes = permutation(op);
  std::vector<std::int64_t> inverse(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) inverse[axes[i]] = static_cast<std::int64_t>(i);
  builder.give(0, transposed(builder.gradient(), inverse));
}

constexpr OpDef family[] = {
    {.name = "Transpose",
     .summary = "axes in another order",
     .onnx = {.name = "Transpose", .domain = "", .since = 1, .until = 21},
     .attrs = transpose_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> transpose_ops();
std::span<const OpDef> transpose_ops() { return family; }

}  // namespace mote::ops
