// Resize (ONNX 10..19), Upsample (ONNX 7..9): a tensor with other extents, by the nearest neighbour, linear or cubic
// interpolation; `scales` or `sizes`, and `roi` of tf_crop_and_resize, are constants. Any number of axes changes, one
// pair of neighbours or a single one after the other, which interpolation along axes allows.
// The nearest neighbour is for elements of every type, interpolation for f32; antialias is refused.
// Coordinates as in ONNX 19; in its formulas the length of the result is the extent before it was rounded down. Up to
// opset 10 coordinates are asymmetric, and the nearest neighbour is the one below when enlarging, above when shrinking.
// Upsample only enlarges.
#include <algorithm>
#include <array>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/resize_axes.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr AttrSpec text_attr(std::string_view name, std::string_view fallback) {
  return {.name = name, .kind = AttrKind::text, .fallback = fallback};
}
constexpr AttrSpec flag_attr(std::string_view name) {
  return {.name = name, .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};
}
constexpr AttrSpec resize_attrs[] = {flag_attr("antialias"),
                                     {.name = "axes", .kind = AttrKind::integers},
                                     text_attr("coordinate_transformation_mode", "half_pixel"),
                                     {.name = "cubic_coeff_a", .kind = AttrKind::real, .fallback = -0.75F},
                                     flag_attr("exclude_outside"),
                                     {.name = "extrapolation_value", .kind = AttrKind::real, .fallback = 0.0F},
                                     text_attr("keep_aspect_ratio_policy", "stretch"),
                                     text_attr("mode", "nearest"),
                                     text_attr("nearest_mode", "round_prefer_floor"),
                                     {.name = "roi", .kind = AttrKind::reals, .operand = 1},
                                     {.name = "scales", .kind = AttrKind::reals, .operand = 2},
                                     {.name = "sizes", .kind = AttrKind::integers, .operand = 3}};
constexpr AttrSpec upsample_attrs[] = {
    text_attr("mode", "nearest"),
    {.name = "scales", .kind = AttrKind::reals, .required = true, .operand = 1}};

// Opset 10 has no roi in front of the scales. Operands that newer opsets leave empty are not there.
void adapt(std::int64_t opset, Attrs& attrs) {
  if (opset < 11) {
    if (const auto first = attrs.find("roi"); first != attrs.end()) {
      attrs.insert_or_assign("scales", first->second);
      attrs.erase(first);
    }
    attrs.insert_or_assign("coordinate_transformation_mode", std::string("asymmetric"));
    attrs.insert_or_assign("nearest_mode", std::string("simple"));
  }
  std::erase_if(attrs, [](const auto& attr) {
    const auto* reals = std::get_if<std::vector<float>>(&attr.second);
    const auto* integers = std::get_if<std::vector<std::int64_t>>(&attr.second);
    return (reals != nullptr && reals->empty()) || (integers != nullptr && integers->empty());
  });
}

Tensor positions(const ResizeAxis& axis) {
  Tensor tensor = Tensor::zeros(DType::s32, shape_of({axis.out}));
  std::ranges::transform(axis.start, tensor.as<std::int32_t>().begin(),
                         [](std::int64_t start) { return static_cast<std::int32_t>(start); });
  return tensor;
}
Tensor weights(const ResizeAxis& axis) {
  Tensor tensor = Tensor::zeros(DType::f32, shape_of({axis.out, axis.taps}));
  std::ranges::transform(axis.weights, tensor.as<float>().begin(),
                         [](double weight) { return static_cast<float>(weight); });
  return tensor;
}

bool only_picks(const ResizeAxis& axis) {
  return axis.taps == 1 && std::ranges::all_of(axis.weights, [](double weight) { return static_cast<float>(weight) == 1.0F; }) &&
         std::ranges::none_of(axis.start, [](std::int64_t start) { return start == ResizeAxis::outside; });
}

struct Builder {
  const OpView& op;
  Expansion expansion{};
  Expansion::Ref current = Expansion::input(0);
  Extents extents = extents_of(op.in(0).shape);

  // Axes `place` and `place` + 1 of the current tensor.
  void resize_pair(const ResizeAxis& rows, const ResizeAxis& columns, std::size_t place) {
    const Attrs axis{{"axis", static_cast<std::int64_t>(place)}};
    const auto row_positions = expansion.constant(positions(rows)), column_positions = expansion.constant(positions(columns));
    if (only_picks(rows) && only_picks(columns)) {
      current = expansion.add("Select2d", {current, row_positions, column_positions}, axis);
    } else {
      const auto row_weights = expansion.constant(weights(rows)), column_weights = expansion.constant(weights(columns));
      Attrs attrs = axis;
      attrs["outside"] = outside();
      current = expansion.add(
          "Resample2d", {current, row_positions, row_weights, column_positions, column_weights}, std::move(attrs));
    }
    extents[place] = rows.out;
    extents[place + 1] = columns.out;
  }
  // A single axis is an image of height 1.
  void resize_single(const ResizeAxis& columns) {
    extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(columns.axis), 1);
    reshape();
    resize_pair({.start = {0}, .weights = {1.0}}, columns, columns.axis);
    extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(columns.axis));
    reshape();
  }

 private:
  void reshape() { current = expansion.add("Reshape", {current}, {{"shape", extents}, {"allowzero", std::int64_t{1}}}); }
  [[nodiscard]] float outside() const { return op.has("extrapolation_value") ? op.real("extrapolation_value") : 0.0F; }
};

Expansion expanded(const OpView& op, std::vector<ResizeAxis> axes) {
  std::erase_if(axes, [](const ResizeAxis& axis) { return axis.changes_nothing(); });
  Builder builder{op};
  if (axes.empty()) builder.current = builder.expansion.add("Identity", {builder.current});
  while (!axes.empty()) {
    const ResizeAxis last = std::move(axes.back());
    axes.pop_back();
    if (!axes.empty() && axes.back().axis + 1 == last.axis) {
      builder.resize_pair(axes.back(), last, last.axis - 1);
      axes.pop_back();
    } else {
      builder.resize_single(last);
    }
  }
  builder.expansion.results = {builder.current};
  return std::move(builder.expansion);
}

// An Upsample as the Resize that it is, for as long as the axes are computed.
Result<std::vector<ResizeAxis>> axes_of(const OpView& op) {
  if (op.node.op->name == "Resize") return resize_axes(op);
  for (const float scale : std::get<std::vector<float>>(op.node.attrs.find("scales")->second))
    if (!(scale >= 1.0F))
      return at(op, Code::attribute_range, "a scale is " + number_text(scale) + ", must be at least 1",
                {"export the model with opset 11 or newer, whose Resize also shrinks"});
  Node resize = op.node;
  resize.op = find_op("Resize");
  if (op.text("mode") == "bilinear") resize.attrs.insert_or_assign("mode", std::string("linear"));
  adapt(10, resize.attrs);
  MOTE_TRY_STATUS(complete_attributes(*resize.op, resize.attrs, resize.origin));
  return resize_axes({op.graph, resize});
}

Expansion expand(const OpView& op) { return expanded(op, *axes_of(op)); }

// A pair of axes takes one more while it is resized alone.
Status expect_room(const OpView& op) { return expect_rank(op, 0, "X", 1, Shape::max_rank - 1); }

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_room(op));
  MOTE_TRY(std::vector<ResizeAxis> axes, axes_of(op));
  const bool picks = std::ranges::all_of(axes, [](const ResizeAxis& axis) { return axis.changes_nothing() || only_picks(axis); });
  if (!picks) MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  return infer_expanded(op, expanded(op, std::move(axes)));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

template <std::size_t count>
std::string any_of(Rng& rng, const std::array<std::string_view, count>& names) {
  return std::string(names[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(count) - 1))]);
}

void sample_extents(Rng& rng, Sample& sample, const Shape& shape, bool may_shrink) {
  std::vector<float> scales;
  Extents sizes;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const bool stays = rng.chance(2);
    sizes.push_back(stays ? shape[axis] : rng.integer(1, 7));
    const std::int64_t least = may_shrink ? (4 + shape[axis] - 1) / shape[axis] : 4;
    const std::int64_t quarters = stays ? 4 : rng.integer(least, 10);
    scales.push_back(static_cast<float>(quarters) / 4.0F);
  }
  if (may_shrink && rng.chance(2)) sample.attrs["sizes"] = sizes;
  else sample.attrs["scales"] = scales;
}

Sample sample_resize(Rng& rng) {
  constexpr std::array<std::string_view, 6> coordinates{"half_pixel",    "half_pixel_symmetric", "pytorch_half_pixel",
                                                        "align_corners", "asymmetric",           "tf_half_pixel_for_nn"};
  constexpr std::array<std::string_view, 4> rounding{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
  constexpr std::array<std::string_view, 3> modes{"nearest", "linear", "cubic"};
  const Shape shape = random_shape(rng, 1, 4, 5);
  Sample sample;
  const std::string mode = any_of(rng, modes);
  sample.inputs = {{.type = {.dtype = mode == "nearest" ? random_dtype(rng) : DType::f32, .shape = shape}}};
  sample.attrs["mode"] = mode;
  sample.attrs["coordinate_transformation_mode"] = any_of(rng, coordinates);
  sample.attrs["nearest_mode"] = any_of(rng, rounding);
  sample.attrs["exclude_outside"] = std::int64_t{mode == "cubic" && rng.chance(2)};
  sample_extents(rng, sample, shape, true);
  return sample;
}

Sample sample_upsample(Rng& rng) {
  const Shape shape = random_shape(rng, 1, 4, 5);
  Sample sample{.attrs = {{"mode", std::string(rng.chance(2) ? "nearest" : "linear")}},
                .inputs = {{.type = {.dtype = DType::f32, .shape = shape}}}};
  sample_extents(rng, sample, shape, false);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Resize",
     .summary = "other extents by the nearest neighbour, linear or cubic interpolation",
     .onnx = {.name = "Resize", .domain = "", .since = 10, .until = 19},
     .attrs = resize_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .sample = sample_resize},
    {.name = "Upsample",
     .summary = "larger extents by the nearest neighbour or linear interpolation",
     .onnx = {.name = "Upsample", .domain = "", .since = 7, .until = 9},
     .attrs = upsample_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample_upsample},
};
constexpr ExpansionRule rules[] = {{"Resize", expand}, {"Upsample", expand}};

}  // namespace

std::span<const OpDef> resize_ops();
std::span<const OpDef> resize_ops() { return family; }
std::span<const ExpansionRule> resize_expansions();
std::span<const ExpansionRule> resize_expansions() { return rules; }

}  // namespace mote::ops
