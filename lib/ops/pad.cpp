// Pad (ONNX 2..21): grows a tensor along its axes by a constant, by its mirror image, its edge or itself; negative pads
// crop. `pads` holds all begins, then all ends, of all axes or of those in `axes`.
#include <algorithm>
#include <array>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec attrs[] = {
    {.name = "pads", .kind = AttrKind::integers, .required = true, .lowest = -1e9, .highest = 1e9, .operand = 1},
    {.name = "value", .kind = AttrKind::real, .fallback = 0.0F, .operand = 2},
    {.name = "axes", .kind = AttrKind::integers, .operand = 3},
    {.name = "mode", .kind = AttrKind::text, .fallback = std::string_view("constant")}};

// In the order of the kernel's `mode`.
constexpr std::array<std::string_view, 4> modes{"constant", "reflect", "edge", "wrap"};

std::size_t mode_of(const OpView& op) {
  return static_cast<std::size_t>(std::ranges::find(modes, op.text("mode")) - modes.begin());
}

struct AxisPad {
  std::int64_t before = 0, after = 0;
};

Result<std::vector<AxisPad>> pads_of(const OpView& op) {
  const std::size_t rank = op.in(0).shape.rank();
  MOTE_TRY(const auto axes, axes_or_all(op, "axes", rank));
  const auto& pads = op.integers("pads");
  if (pads.size() != 2 * axes.size())
    return at(op, Code::attribute_range, "pads has " + std::to_string(pads.size()) + " entries, expected " +
                                             std::to_string(2 * axes.size()) + ": two per padded axis");
  std::vector<AxisPad> result(rank);
  for (std::size_t i = 0; i < axes.size(); ++i) result[axes[i]] = {pads[i], pads[i + axes.size()]};
  return result;
}

// A mirror image has at most extent - 1 elements; an edge or a period needs at least one.
Status check_source(const OpView& op, std::int64_t extent, const AxisPad& pad, std::size_t axis) {
  const std::int64_t most = std::max(pad.before, pad.after);
  const bool reflects = op.text("mode") == "reflect";
  if (most <= 0 || op.text("mode") == "constant" || (reflects ? most < extent : extent > 0)) return Ok{};
  return at(op, Code::attribute_range, "a pad of " + std::to_string(most) + " on axis " + std::to_string(axis) + " needs " +
                                           (reflects ? "more elements than the pad" : "at least one element") +
                                           ", the input has " + std::to_string(extent));
}

Result<Types> infer(const OpView& op) {
  if (mode_of(op) == modes.size())
    return at(op, Code::unsupported_form, "mode '" + op.text("mode") + "' is not known, expected constant, reflect, edge or wrap");
  MOTE_TRY(const auto pads, pads_of(op));
  std::vector<std::int64_t> extents;
  for (std::size_t axis = 0; axis < pads.size(); ++axis) {
    const std::int64_t extent = op.in(0).shape[axis];
    MOTE_TRY_STATUS(check_source(op, extent, pads[axis], axis));
    extents.push_back(extent + pads[axis].before + pads[axis].after);  // both within 1e9, by declaration
  }
  MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(shape))};
}

// Where position `from` of an axis takes its element; outside [0, extent) only in constant mode.
std::int64_t source(std::string_view mode, std::int64_t from, std::int64_t extent) {
  if (mode == "edge") return std::clamp<std::int64_t>(from, 0, extent - 1);
  if (mode == "wrap") return ((from % extent) + extent) % extent;
  if (mode == "reflect" && extent > 1) {
    const std::int64_t period = 2 * (extent - 1);
    const std::int64_t phase = ((from % period) + period) % period;
    return phase < extent ? phase : period - phase;
  }
  return from;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto pads = *pads_of(op);
  const Shape& from = in[0]->shape;
  const Shape& to = out[0].shape;
  const auto steps = from.strides();
  std::vector<std::int64_t> position(to.rank(), 0);
  visit_dtype(in[0]->dtype, [&]<class T>() {
    const auto x = in[0]->as<T>();
    const auto y = out[0].as<T>();
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::int64_t index = 0;
      bool inside = true;
      for (std::size_t axis = 0; axis < position.size(); ++axis) {
        const std::int64_t s = source(op.text("mode"), position[axis] - pads[axis].before, from[axis]);
        inside = inside && s >= 0 && s < from[axis];
        index += s * steps[axis];
      }
      y[i] = inside ? x[static_cast<std::size_t>(index)] : static_cast<T>(op.real("value"));
      for (std::size_t axis = position.size(); axis-- > 0 && ++position[axis] == to[axis];) position[axis] = 0;
    }
  });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const auto pads = *pads_of(op);
  KernelCall call{.header = "pad", .kernel = "pad", .operands = {op.node.inputs[0], op.node.outputs[0]}};
  const std::size_t missing = Shape::max_rank - pads.size();
  for (std::size_t i = 0; i < Shape::max_rank; ++i) {
    const std::string number = std::to_string(i);
    const bool real = i >= missing;
    call.fields.emplace_back("out" + number, field(real ? op.out(0).shape[i - missing] : 1));
    call.fields.emplace_back("in" + number, field(real ? op.in(0).shape[i - missing] : 1));
    call.fields.emplace_back("before" + number, field(real ? pads[i - missing].before : 0));
  }
  call.fields.emplace_back("mode", field(static_cast<std::int64_t>(mode_of(op))));
  call.fields.emplace_back("value", op.real("value"));
  return call;
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  IntegerBounds bounds = bounds_of_moved(op, inputs);
  if (op.text("mode") == "constant") bounds.output = hull(bounds.output, point(static_cast<std::int64_t>(op.real("value"))));
  return bounds;
}

Sample sample(Rng& rng) {
  const Shape from = random_shape(rng, 1, 4, 5);
  const std::string mode(modes[static_cast<std::size_t>(rng.integer(0, 3))]);
  std::vector<std::int64_t> pads(2 * from.rank());
  for (std::size_t i = 0; i < pads.size(); ++i) {
    const std::int64_t extent = from[i % from.rank()];
    pads[i] = rng.integer(mode == "constant" && extent > 2 ? -1 : 0, mode == "reflect" ? std::min<std::int64_t>(3, extent - 1) : 3);
  }
  return {.attrs = {{"pads", pads}, {"mode", mode}, {"value", rng.chance(2) ? 0.0F : 2.0F}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = from}}}};
}

// Which element of the input each position along an axis is; no row for the constant.
Tensor source_matrix(const OpView& op, std::size_t axis, const AxisPad& pad) {
  const std::int64_t from = op.in(0).shape[axis], to = op.out(0).shape[axis];
  Tensor matrix = Tensor::zeros(DType::f32, shape_of({from, to}));
  for (std::int64_t i = 0; i < to; ++i) {
    const std::int64_t s = source(op.text("mode"), i - pad.before, from);
    if (s >= 0 && s < from) matrix.as<float>()[static_cast<std::size_t>(s * to + i)] = 1.0F;
  }
  return matrix;
}

// What lies in a constant pad is dropped; elements that were repeated take the sum.
void gradient(const OpView& op, GradientBuilder& builder) {
  const auto pads = *pads_of(op);
  Term dy = builder.gradient();
  if (op.text("mode") != "constant") {
    for (std::size_t axis = 0; axis < pads.size(); ++axis)
      if (pads[axis].before != 0 || pads[axis].after != 0) dy = multiplied_along(dy, axis, source_matrix(op, axis, pads[axis]));
    return builder.give(0, dy);
  }
  std::vector<std::int64_t> cropped(2 * pads.size());
  for (std::size_t axis = 0; axis < pads.size(); ++axis) {
    cropped[axis] = -pads[axis].before;
    cropped[axis + pads.size()] = -pads[axis].after;
  }
  builder.give(0, builder.apply("Pad", {dy}, {{"pads", cropped}}));
}

constexpr OpDef family[] = {
    {.name = "Pad",
     .summary = "a tensor grown or cropped along its axes",
     .onnx = {.name = "Pad", .domain = "", .since = 2, .until = 21},
     .attrs = attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> pad_ops();
std::span<const OpDef> pad_ops() { return family; }

}  // namespace mote::ops
