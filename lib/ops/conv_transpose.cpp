// ConvTranspose (ONNX 1..11) over one or two spatial axes: x [N,C,(H,)W], W [C,M/group,(KH,)KW], B [M]; every element of
// x adds its multiple of the kernel to the result, `strides` apart. Element t of the uncropped result, along one axis,
// is the sum of x[i] * W[t - i * stride]. The taps of one residue r of t modulo the stride form a kernel of their own,
// and so the result is a convolution with M outputs for each residue, whose outputs are then interleaved:
//   y[u * stride + r] = sum over q of x[u - q] * W[q * stride + r]
// No multiplication with the zeros between x's elements is done, and everything that is known of convolutions applies,
// quantization included. Residues with fewer taps than others are filled up with zeros, dilated kernels likewise.
//
// Extents: stride * (in - 1) + output_padding + (kernel - 1) * dilation + 1 - pads, or output_shape, whose pads follow;
// SAME_UPPER and SAME_LOWER mean in * stride. Of an odd number of pads the larger half is in front, but for SAME_UPPER.
#include <array>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr AttrSpec transpose_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "group", .fallback = std::int64_t{1}, .lowest = 1, .highest = window_limit},
    {.name = "kernel_shape", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "output_padding", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "output_shape", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};

// One spatial axis; an axis that is not there has the defaults.
struct Axis {
  std::int64_t in = 1, kernel = 1, stride = 1, dilation = 1, crop = 0, out = 1;

  [[nodiscard]] std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
  // Taps of each residue.
  [[nodiscard]] std::int64_t taps() const { return (reach() + stride - 1) / stride; }
  // The convolution computes u from first_u() on, `pad_begin` zeros in front of x and `pad_end` behind it.
  [[nodiscard]] std::int64_t pad_begin() const { return std::max<std::int64_t>(0, taps() - 1 - crop / stride); }
  [[nodiscard]] std::int64_t first_u() const { return taps() - 1 - pad_begin(); }
  [[nodiscard]] std::int64_t pad_end() const {
    const std::int64_t after_last = (crop + out + stride - 1) / stride;
    return std::max<std::int64_t>(0, after_last - first_u() - in - pad_begin() + taps() - 1);
  }
  [[nodiscard]] std::int64_t computed() const { return in + pad_begin() + pad_end() - taps() + 1; }
  // Of the interleaved elements, the first that belongs to the result.
  [[nodiscard]] std::int64_t start() const { return crop - first_u() * stride; }
};
using Axes = std::array<Axis, 2>;

std::int64_t listed(const OpView& op, std::string_view attr, std::size_t i, std::int64_t otherwise) {
  return op.has(attr) ? op.integers(attr)[i] : otherwise;
}

// Without pads given, they follow from the extent.
void pad_to(const OpView& op, Axis& axis, std::int64_t whole) {
  const std::int64_t pads = std::max<std::int64_t>(0, whole - axis.out);
  axis.crop = op.text("auto_pad") == "SAME_UPPER" ? pads / 2 : pads - pads / 2;
}

Axis axis_of(const OpView& op, std::size_t i, std::size_t spatial) {
  Axis axis{.in = op.in(0).shape[2 + i], .kernel = op.in(1).shape[2 + i]};
  axis.stride = listed(op, "strides", i, 1);
  axis.dilation = listed(op, "dilations", i, 1);
  const std::int64_t whole = axis.stride * (axis.in - 1) + listed(op, "output_padding", i, 0) + axis.reach();
  if (op.has("output_shape")) {
    const auto& extents = op.integers("output_shape");
    axis.out = extents[extents.size() - spatial + i];
    pad_to(op, axis, whole);
  } else if (op.text("auto_pad").starts_with("SAME")) {
    axis.out = axis.in * axis.stride;
    pad_to(op, axis, whole);
  } else {
    const bool padded = op.text("auto_pad") == "NOTSET" && op.has("pads");
    axis.crop = padded ? op.integers("pads")[i] : 0;
    axis.out = whole - axis.crop - (padded ? op.integers("pads")[spatial + i] : 0);
  }
  return axis;
}

// A single spatial axis is the width of an image of height 1.
Axes axes_of(const OpView& op) {
  const std::size_t spatial = op.in(0).shape.rank() - 2;
  if (spatial == 1) return {Axis{}, axis_of(op, 0, spatial)};
  return {axis_of(op, 0, spatial), axis_of(op, 1, spatial)};
}

// The steps of the expansion; h and w are the spatial axes.
struct Builder {
  const OpView& op;
  Axes axes = axes_of(op);
  Expansion expansion{};
  std::int64_t group = op.integer("group"), in_channels = op.in(1).shape[0], group_out = op.in(1).shape[1];

  using Ref = Expansion::Ref;
  [[nodiscard]] const Axis& h() const { return axes[0]; }
  [[nodiscard]] const Axis& w() const { return axes[1]; }
  [[nodiscard]] std::int64_t residues() const { return h().stride * w().stride; }
  [[nodiscard]] std::int64_t out_channels() const { return group * group_out; }

  Ref reshape(Ref x, Extents shape) {
    return expansion.add("Reshape", {x}, {{"shape", std::move(shape)}, {"allowzero", std::int64_t{1}}});
  }
  Ref transpose(Ref x, Extents perm) { return expansion.add("Transpose", {x}, {{"perm", std::move(perm)}}); }
  // Zeros behind the elements of axes 2 and 3.
  Ref filled(Ref x, std::int64_t rows, std::int64_t columns) {
    if (rows == 0 && columns == 0) return x;
    return expansion.add("Pad", {x}, {{"pads", Extents{0, 0, 0, 0, 0, 0, rows, columns}}});
  }

  // W as [C,M/group,KH,KW] with zeros between dilated taps and behind the last, a multiple of the strides in all.
  Ref whole_kernel() {
    Ref kernel = reshape(Expansion::input(1), {in_channels, group_out, h().kernel, w().kernel});
    if (h().dilation > 1 || w().dilation > 1) {
      const std::int64_t planes = in_channels * group_out;
      kernel = reshape(kernel, {planes * h().kernel, w().kernel, 1, 1});
      kernel = filled(kernel, 0, w().dilation - 1);
      kernel = reshape(kernel, {planes, h().kernel, 1, w().kernel * w().dilation});
      kernel = filled(kernel, h().dilation - 1, 0);
      kernel = reshape(kernel, {in_channels, group_out, h().kernel * h().dilation, w().kernel * w().dilation});
      kernel = expansion.add("Slice", {kernel},
                             {{"axes", Extents{2, 3}}, {"starts", Extents{0, 0}}, {"ends", Extents{h().reach(), w().reach()}}});
    }
    return filled(kernel, h().taps() * h().stride - h().reach(), w().taps() * w().stride - w().reach());
  }

  // [M * residues, C / group, taps, taps]: residues outside the channels, or inside where there are groups.
  Ref kernels() {
    Ref kernel = reshape(whole_kernel(), {in_channels, group_out, h().taps(), h().stride, w().taps(), w().stride});
    constexpr std::int64_t whole_axis = std::numeric_limits<std::int64_t>::min();
    kernel = expansion.add("Slice", {kernel},
                           {{"axes", Extents{2, 4}}, {"starts", Extents{-1, -1}}, {"ends", Extents{whole_axis, whole_axis}},
                            {"steps", Extents{-1, -1}}});
    const Extents shape{out_channels() * residues(), in_channels / group, h().taps(), w().taps()};
    if (group == 1) return reshape(transpose(kernel, {3, 5, 1, 0, 2, 4}), shape);
    kernel = reshape(transpose(kernel, {0, 1, 3, 5, 2, 4}),
                     {group, in_channels / group, group_out * residues(), h().taps() * w().taps()});
    return reshape(transpose(kernel, {0, 2, 1, 3}), shape);
  }

  Ref biases() {
    const std::int64_t channels = out_channels();
    const bool outside = group == 1;
    const Ref single = reshape(Expansion::input(2), outside ? Extents{1, channels} : Extents{channels, 1});
    const Ref all = expansion.add("Expand", {single}, {{"shape", outside ? Extents{residues(), channels} : Extents{channels, residues()}}});
    return reshape(all, {channels * residues()});
  }

  Ref convolution() {
    const Shape& x = op.in(0).shape;
    std::vector<Ref> operands{reshape(Expansion::input(0), {x[0], x[1], h().in, w().in}), kernels()};
    if (op.has_in(2)) operands.push_back(biases());
    return expansion.add("Conv", std::move(operands),
                         {{"group", group}, {"pads", Extents{h().pad_begin(), w().pad_begin(), h().pad_end(), w().pad_end()}}});
  }

  // With channels last, as convolutions are laid out, residues of a row of pixels are next to each other.
  Ref interleaved(Ref y) {
    const std::int64_t batch = op.in(0).shape[0], rows = h().computed(), columns = w().computed();
    y = transpose(y, {0, 2, 3, 1});
    if (group == 1) {
      y = reshape(y, {batch, rows, columns, h().stride, w().stride, out_channels()});
      y = transpose(y, {0, 1, 3, 2, 4, 5});
    } else {
      y = reshape(y, {batch, rows, columns, out_channels(), h().stride, w().stride});
      y = transpose(y, {0, 1, 4, 2, 5, 3});
    }
    return reshape(y, {batch, rows * h().stride, columns * w().stride, out_channels()});
  }

  Expansion build() && {
    Ref y = interleaved(convolution());
    y = expansion.add("Slice", {y},
                      {{"axes", Extents{1, 2}},
                       {"starts", Extents{h().start(), w().start()}},
                       {"ends", Extents{h().start() + h().out, w().start() + w().out}}});
    y = transpose(y, {0, 3, 1, 2});
    Extents shape{op.in(0).shape[0], out_channels(), h().out, w().out};
    if (op.in(0).shape.rank() == 3) shape.erase(shape.begin() + 2);
    expansion.results = {reshape(y, std::move(shape))};
    return std::move(expansion);
  }
};

Expansion expand(const OpView& op) { return Builder{op}.build(); }

Status expect_lists(const OpView& op, std::size_t spatial) {
  for (const std::string_view attr : {"dilations", "kernel_shape", "output_padding", "output_shape", "pads", "strides"}) {
    if (!op.has(attr)) continue;
    const std::size_t found = op.integers(attr).size(), expected = attr == "pads" ? 2 * spatial : spatial;
    const bool with_channels = attr == "output_shape" && found == spatial + 2;
    if (found != expected && !with_channels)
      return at(op, Code::attribute_range,
                std::string(attr) + " has " + std::to_string(found) + " entries, expected " + std::to_string(expected));
  }
  const std::string& mode = op.text("auto_pad");
  if (mode == "NOTSET" || mode == "VALID" || mode == "SAME_UPPER" || mode == "SAME_LOWER") return Ok{};
  return at(op, Code::attribute_range,
            "auto_pad is '" + mode + "', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
}

Status expect_extents(const OpView& op) {
  constexpr std::int64_t most = 1 << 24;
  for (const Axis& axis : axes_of(op))
    if (axis.in < 1 || axis.kernel < 1 || axis.out < 1 || axis.out > most)
      return at(op, Code::shape_mismatch,
                "an axis of " + std::to_string(axis.in) + " elements and a kernel of " + std::to_string(axis.kernel) +
                    " would give " + std::to_string(axis.out) + " elements, expected 1..2^24",
                {"check pads and output_padding"});
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  MOTE_TRY_STATUS(expect_dtype(op, 1, "W", {DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 3, 4));
  const std::size_t rank = op.in(0).shape.rank();
  MOTE_TRY_STATUS(expect_rank(op, 1, "W", rank, rank));
  const std::int64_t channels = op.in(0).shape[1], group = op.integer("group");
  if (op.in(1).shape[0] != channels || channels % group != 0 || op.in(1).shape[1] < 1)
    return at(op, Code::shape_mismatch,
              "the weights are " + op.in(1).shape.text() + " for " + std::to_string(channels) + " channels in " +
                  std::to_string(group) + " groups, expected the channels in front, a multiple of the groups");
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_dtype(op, 2, "B", {DType::f32}));
    MOTE_TRY_STATUS(expect_shape(op, 2, "B", {op.in(1).shape[1] * group}));
  }
  MOTE_TRY_STATUS(expect_lists(op, rank - 2));
  MOTE_TRY_STATUS(expect_extents(op));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const std::int64_t group = rng.integer(1, 2), spatial = rng.integer(1, 2);
  const std::int64_t in_channels = group * rng.integer(1, 3), group_out = rng.integer(1, 3);
  Extents x{rng.integer(1, 2), in_channels}, kernel{in_channels, group_out}, strides, dilations, padding;
  for (std::int64_t i = 0; i < spatial; ++i) {
    x.push_back(rng.integer(1, 4));
    kernel.push_back(rng.integer(1, 4));
    strides.push_back(rng.integer(1, 3));
    dilations.push_back(rng.integer(1, 2));
    padding.push_back(rng.integer(0, strides.back() - 1));
  }
  Sample sample{.attrs = {{"group", group}, {"strides", strides}, {"dilations", dilations}},
                .inputs = {{.type = {.dtype = DType::f32, .shape = shape_of(x)}},
                           {.type = {.dtype = DType::f32, .shape = shape_of(kernel)}}}};
  if (rng.chance(3)) sample.attrs["auto_pad"] = std::string(rng.chance(2) ? "SAME_UPPER" : "SAME_LOWER");
  else sample.attrs["output_padding"] = padding;
  if (rng.chance(2)) sample.inputs.push_back({.type = {.dtype = DType::f32, .shape = shape_of({group * group_out})}});
  return sample;
}

std::int64_t macs(const OpView& op) {
  return op.in(0).shape.elements() * op.in(1).shape.elements() / std::max<std::int64_t>(op.in(1).shape[0], 1);
}

constexpr OpDef family[] = {
    {.name = "ConvTranspose",
     .summary = "every element adds its multiple of a kernel",
     .onnx = {.name = "ConvTranspose", .domain = "", .since = 1, .until = 22},
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = transpose_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"ConvTranspose", expand}};

}  // namespace

std::span<const OpDef> conv_transpose_ops();
std::span<const OpDef> conv_transpose_ops() { return family; }
std::span<const ExpansionRule> conv_transpose_expansions();
std::span<const ExpansionRule> conv_transpose_expansions() { return rules; }

}  // namespace mote::ops
