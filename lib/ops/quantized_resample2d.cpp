// QuantizedResample2d: Resample2d of s8 or s16 elements onto their own grid. Weights are s16 in units of 2^-row_bits and
// 2^-column_bits; `outside` is a level. Value: codegen/kernels/quantized_resample2d.hpp. That no sum leaves its type is
// proven from the weights.
#include <algorithm>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/resample_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec bits_attr(std::string_view name) {
  return {.name = name, .required = true, .lowest = 0, .highest = 14};
}
constexpr AttrSpec resample_attrs[] = {
    resample_axis_attr,
    bits_attr("column_bits"),
    {.name = "outside", .fallback = std::int64_t{0}, .lowest = -32768, .highest = 32767},
    bits_attr("row_bits")};

std::int64_t shift_of(const OpView& op) { return op.integer("row_bits") + op.integer("column_bits"); }

// Sums of `taps` terms of which each lies in `term`, times the weights of one output.
struct Sums {
  Interval reached = point(0);  // with partial sums
  Interval complete{};
};
Sums sums_over(const OpView& op, std::size_t weights, const Interval& term) {
  const std::vector<std::int64_t> values = op.constant(weights).to_integers();
  const auto taps = static_cast<std::size_t>(op.in(weights).shape[1]);
  Sums sums;
  for (std::size_t first = 0; taps > 0 && first < values.size(); first += taps) {
    Interval sum = point(0);
    for (std::size_t k = 0; k < taps; ++k) {
      sum = sum + point(values[first + k]) * term;
      sums.reached = hull(sums.reached, sum);
    }
    sums.complete = first == 0 ? sum : hull(sums.complete, sum);
  }
  return sums;
}

struct Reach {
  Sums inner{}, outer{};
};
Reach reach_of(const OpView& op, const Interval& x) {
  const Sums inner = sums_over(op, 4, x);
  const Interval half = point((std::int64_t{1} << shift_of(op)) >> 1);
  Sums outer = sums_over(op, 2, inner.complete);
  return {.inner = inner, .outer = {.reached = outer.reached + half, .complete = outer.complete + half}};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "x"));
  MOTE_TRY(const ResampleForm form, resample_form(op, DType::s16));
  const Interval type = interval_of(op.in(0).dtype);
  if (!type.contains(point(op.integer("outside"))))
    return at(op, Code::attribute_range,
              "outside is " + std::to_string(op.integer("outside")) + ", expected a value of " +
                  std::string(name_of(op.in(0).dtype)));
  const Reach reach = reach_of(op, type);
  MOTE_TRY_STATUS(expect_int32(op, "the sum of a row", reach.inner.reached));
  // Elements of 16 bits are added up in 64, where 14 + 14 bits of weights always have room.
  if (op.in(0).dtype == DType::s8) MOTE_TRY_STATUS(expect_int32(op, "the sum of rows", reach.outer.reached));
  MOTE_TRY(TensorType image, image_type(op, form.image));
  return Types{std::move(image)};
}

// Weights add up to one and are each off by half a unit at most, so the error is one of differences of elements.
IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const Reach reach = reach_of(op, inputs[0]);
  const Interval result = floor_divide(reach.outer.complete, std::int64_t{1} << shift_of(op));
  const bool has_outside = std::ranges::min(op.constant(1).to_integers()) < 0 || std::ranges::min(op.constant(3).to_integers()) < 0;
  const auto span = static_cast<double>(inputs[0].highest - inputs[0].lowest);
  const auto share = [&](std::size_t weights, std::string_view bits) {
    return static_cast<double>(op.in(weights).shape[1]) / static_cast<double>(std::int64_t{2} << op.integer(bits));
  };
  const Interval inside = clamped(result, interval_of(op.out(0).dtype));
  return {.output = has_outside ? hull(inside, point(op.integer("outside"))) : inside,
          .unclamped = has_outside ? hull(result, point(op.integer("outside"))) : result,
          .accumulator = AccumulatorBounds{.reached = reach.inner.reached, .shifted = reach.inner.reached},
          .output_rounding = 0.5,
          .constants_rounding = span * (share(2, "row_bits") + share(4, "column_bits"))};
}

// In 64 bits, where everything that `infer` accepts fits.
void eval(const OpView& op, Operands in, Outputs out) {
  const ResampleForm form = *resample_form(op, DType::s16);
  const ImageAxes& image = form.image;
  const Interval type = interval_of(out[0].dtype);
  const auto x = in[0]->to_integers(), rows = in[1]->to_integers(), row_weights = in[2]->to_integers(),
             columns = in[3]->to_integers(), column_weights = in[4]->to_integers();
  std::vector<std::int64_t> y;
  const auto resampled = [&](std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c) {
    const std::int64_t row = rows[static_cast<std::size_t>(h)], column = columns[static_cast<std::size_t>(w)];
    if (row < 0 || column < 0) return op.integer("outside");
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < form.taps_h; ++i)
      for (std::int64_t j = 0; j < form.taps_w; ++j)
        sum += row_weights[static_cast<std::size_t>(h * form.taps_h + i)] *
               column_weights[static_cast<std::size_t>(w * form.taps_w + j)] *
               x[static_cast<std::size_t>((((n * image.in_h + row + i) * image.in_w) + column + j) * image.inner + c)];
    const std::int64_t rounded = (sum + ((std::int64_t{1} << shift_of(op)) >> 1)) >> shift_of(op);
    return std::clamp(rounded, type.lowest, type.highest);
  };
  for (std::int64_t n = 0; n < image.outer; ++n)
    for (std::int64_t h = 0; h < image.out_h; ++h)
      for (std::int64_t w = 0; w < image.out_w; ++w)
        for (std::int64_t c = 0; c < image.inner; ++c) y.push_back(resampled(n, h, w, c));
  store_integers(y, out[0]);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call = resample_call(op, "quantized_resample2d");
  const Interval type = interval_of(op.out(0).dtype);
  call.fields.insert(call.fields.end(), {{"shift", field(shift_of(op))},
                                         {"outside", field(op.integer("outside"))},
                                         {"lowest", field(type.lowest)},
                                         {"highest", field(type.highest)}});
  return call;
}

// Weights that add up to 2^bits, some of them negative so that results leave the type.
Sample::Input random_weights(Rng& rng, std::int64_t outputs, std::int64_t taps, std::int64_t bits) {
  std::vector<std::int64_t> weights;
  const std::int64_t one = std::int64_t{1} << bits;
  for (std::int64_t o = 0; o < outputs; ++o) {
    std::int64_t left = one;
    for (std::int64_t k = 0; k + 1 < taps; ++k) {
      weights.push_back(rng.integer(-one / 8, one) / taps);
      left -= weights.back();
    }
    if (taps > 0) weights.push_back(left);
  }
  return integer_constant(DType::s16, shape_of({outputs, taps}), weights);
}

Sample sample(Rng& rng) {
  const DType dtype = rng.chance(3) ? DType::s16 : DType::s8;
  const Shape x = random_shape(rng, 2, 5, 5);
  const std::int64_t axis = rng.integer(0, static_cast<std::int64_t>(x.rank()) - 2);
  const std::int64_t in_h = x[static_cast<std::size_t>(axis)], in_w = x[static_cast<std::size_t>(axis) + 1];
  const std::int64_t taps_h = rng.integer(1, in_h), taps_w = rng.integer(1, in_w);
  const std::int64_t out_h = rng.integer(1, 6), out_w = rng.integer(1, 6);
  const std::int64_t most = dtype == DType::s8 ? 11 : 14, row_bits = rng.integer(0, most), column_bits = rng.integer(0, most);
  return {.attrs = {{"axis", axis},
                    {"column_bits", column_bits},
                    {"outside", rng.integer(-128, 127)},
                    {"row_bits", row_bits}},
          .inputs = {sample_activation(dtype, extents_of(x)),
                     random_windows(rng, out_h, in_h, taps_h),
                     random_weights(rng, out_h, taps_h, row_bits),
                     random_windows(rng, out_w, in_w, taps_w),
                     random_weights(rng, out_w, taps_w, column_bits)}};
}

constexpr OpDef family[] = {
    {.name = "QuantizedResample2d",
     .summary = "images whose quantized pixels are weighted sums of neighbours",
     .arity = {.min_in = 5, .max_in = 5},
     .attrs = resample_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = resample_macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_resample2d_ops();
std::span<const OpDef> quantized_resample2d_ops() { return family; }

}  // namespace mote::ops
