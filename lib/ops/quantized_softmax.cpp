// QuantizedSoftmax: Softmax along `axis` of s8 elements in 32-bit unsigned arithmetic. The constant table u32 [256]
// holds the exponentials of the distances from the row's maximum, table[d] ~ 65535 * exp(-d * scale of x). The result
// is s8 of zero point -128 (output_levels 256) or s16 of zero point 0 (output_levels 32768).
// Value: codegen/kernels/softmax_s8.hpp. That no sum or product exceeds 32 bits is proven from the table and the
// extent.
#include <algorithm>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/support/checked.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t table_size = 256;
constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
constexpr AttrSpec softmax_attrs[] = {{.name = "axis", .fallback = std::int64_t{-1}},
                                      {.name = "output_levels", .fallback = std::int64_t{256}}};

// How the interval from 0 to 1 is stored.
struct Levels {
  std::int64_t count = 0, highest = 0, zero_point = 0;
  DType dtype = DType::s8;
};
constexpr Levels levels_s8{.count = 256, .highest = 255, .zero_point = -128, .dtype = DType::s8};
constexpr Levels levels_s16{.count = 32768, .highest = 32767, .zero_point = 0, .dtype = DType::s16};

const Levels& levels_of(const OpView& op) {
  return op.integer("output_levels") == levels_s8.count ? levels_s8 : levels_s16;
}

AxisSplit rows_of(const OpView& op) {
  return split_at(op.in(0).shape, checked_axis(op, "axis", op.in(0).shape.rank()));
}

Status check_levels(const OpView& op) {
  if (levels_of(op).count == op.integer("output_levels")) return Ok{};
  return at(op, Code::attribute_range,
            "output_levels is " + std::to_string(op.integer("output_levels")) + ", must be 256 (s8) or 32768 (s16)");
}

// The largest dividend: one element that has all of the largest exponential, rounded by half of the largest sum.
Status check_table(const OpView& op, std::int64_t extent) {
  const std::vector<std::int64_t> table = op.constant(1).to_integers();
  if (table.front() == 0)
    return at(op, Code::attribute_range, "table[0] is 0, must be at least 1: a row's maximum makes its sum positive");
  const std::int64_t largest = std::ranges::max(table);
  const auto sum = checked_mul(largest, extent);
  const auto product = checked_mul(largest, levels_of(op).count);
  const auto dividend = sum && product ? checked_add(*product, *sum / 2) : std::nullopt;
  if (dividend && *dividend <= most && *sum <= most) return Ok{};
  return at(op, Code::integer_overflow,
            "a row of " + std::to_string(extent) + " exponentials of up to " + std::to_string(largest) + " and " +
                std::to_string(levels_of(op).count) + " output levels exceed 32 bits",
            {"use a smaller table"});
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::s8}));
  MOTE_TRY_STATUS(expect_constant_of(op, 1, "table", DType::u32, {table_size}));
  MOTE_TRY_STATUS(check_levels(op));
  const Shape& shape = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), shape.rank()));
  MOTE_TRY_STATUS(check_table(op, shape[axis]));
  return Types{{.dtype = levels_of(op).dtype, .shape = shape}};
}

// Of n terms one is table[0], the maximum's; the others lie where the distances reach. An entry of the table is wrong by
// 1/2, which moves a quotient by at most n/2 of the least sum; so does the rounded half of the sum, by 1/2.
IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const std::vector<std::int64_t> table = op.constant(1).to_integers();
  const Levels& levels = levels_of(op);
  const std::int64_t others = std::max<std::int64_t>(rows_of(op).extent - 1, 0);
  const auto [least, most_term] =
      std::ranges::minmax(std::span(table).first(static_cast<std::size_t>(inputs[0].highest - inputs[0].lowest + 1)));
  const Interval sum = point(table[0]) + Interval{least, most_term} * point(others);
  const auto level = [&](std::int64_t term, std::int64_t total) {
    return (term * levels.count + total / 2) / total + levels.zero_point;
  };
  const Interval unclamped{others == 0 ? level(table[0], table[0]) : level(least, sum.highest),
                           level(most_term, sum.lowest)};
  const Interval range{levels.zero_point, levels.highest + levels.zero_point};
  return {.output = clamped(unclamped, range),
          .unclamped = unclamped,
          .accumulator = AccumulatorBounds{.reached = sum, .shifted = sum, .limits = interval_of(DType::u32)},
          .output_rounding = 0.5,
          .constants_rounding = 0.5 * (static_cast<double>(levels.count) * static_cast<double>(others + 1) + 1.0) /
                                static_cast<double>(table[0])};
}

// One row in unbounded arithmetic: what the proof of `infer` makes equal to the kernel's 32 bits.
template <class Y>
void normalize_row(const Levels& levels, std::span<const std::uint32_t> table, const std::int8_t* x, Y* y,
                   std::int64_t count, std::int64_t step) {
  std::int64_t largest = x[0];
  for (std::int64_t i = 1; i < count; ++i) largest = std::max<std::int64_t>(largest, x[i * step]);
  const auto exponential = [&](std::int64_t i) -> std::int64_t {
    return table[static_cast<std::size_t>(largest - x[i * step])];
  };
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += exponential(i);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t level = (exponential(i) * levels.count + sum / 2) / sum;
    y[i * step] = static_cast<Y>(std::min(level, levels.highest) + levels.zero_point);
  }
}

template <class Y>
void run(const OpView& op, Operands in, Tensor& out) {
  const AxisSplit rows = rows_of(op);
  if (rows.extent == 0) return;
  for (std::int64_t outer = 0; outer < rows.outer; ++outer)
    for (std::int64_t inner = 0; inner < rows.inner; ++inner) {
      const std::int64_t first = outer * rows.extent * rows.inner + inner;
      normalize_row(levels_of(op), in[1]->as<std::uint32_t>(), in[0]->as<std::int8_t>().data() + first,
                    out.as<Y>().data() + first, rows.extent, rows.inner);
    }
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (out[0].dtype == DType::s8)
    run<std::int8_t>(op, in, out[0]);
  else
    run<std::int16_t>(op, in, out[0]);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const AxisSplit rows = rows_of(op);
  const Levels& levels = levels_of(op);
  // Neighbouring rows follow each other, and a row is written only where its own elements were read.
  const bool in_place = rows.inner == 1 && levels.dtype == op.in(0).dtype;
  return KernelCall{.header = "softmax_s8",
                    .kernel = "softmax_s8",
                    .fields = {{"outer", field(rows.outer)},
                               {"extent", field(rows.extent)},
                               {"inner", field(rows.inner)},
                               {"output_levels", field(levels.count)},
                               {"highest", field(levels.highest)},
                               {"zero_point", field(levels.zero_point)}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                    .traversal = in_place ? Traversal::elementwise : Traversal::opaque};
}

// A falling exponential of a random rate; now and then a flat one, whose sums are the largest.
Sample::Input random_table(Rng& rng) {
  const float factor = rng.chance(4) ? 1.0F : rng.real(0.5F, 1.0F);
  std::vector<std::int64_t> table;
  for (float value = 65535.0F; table.size() < static_cast<std::size_t>(table_size); value *= factor)
    table.push_back(static_cast<std::int64_t>(value));
  return integer_constant(DType::u32, shape_of({table_size}), table);
}

Sample sample(Rng& rng) {
  const Shape shape = random_shape(rng, 1, 4, 6);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(shape.rank()) - 1));
  Sample::Input x = sample_activation(DType::s8, extents_of(shape));
  if (rng.chance(2)) x.low = 120.0F;  // neighbours, so that every element takes a share
  return {.attrs = {{"axis", random_spelling(rng, axis, shape.rank())},
                    {"output_levels", rng.chance(2) ? levels_s8.count : levels_s16.count}},
          .inputs = {std::move(x), random_table(rng)}};
}

constexpr OpDef family[] = {
    {.name = "QuantizedSoftmax",
     .summary = "Softmax of s8 elements in integers",
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = softmax_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_softmax_ops();
std::span<const OpDef> quantized_softmax_ops() { return family; }

}  // namespace mote::ops
