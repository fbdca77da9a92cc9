// Lookup: any function of one quantized element as a table of its 256 values, y = table[x - least value of x's type];
// x is s8 or u8, the constant table s8, u8, s16 or s32 and with it the result. Value: codegen/kernels/lookup.hpp.
#include <algorithm>
#include <array>

#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/result_table.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::s8, DType::u8}));
  MOTE_TRY_STATUS(expect_dtype(op, 1, "table", {DType::s8, DType::u8, DType::s16, DType::s32}));
  MOTE_TRY_STATUS(expect_constant_of(op, 1, "table", op.in(1).dtype, {table_size}));
  return Types{{.dtype = op.in(1).dtype, .shape = op.in(0).shape}};
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  return bounds_of_entries(op.constant(1), inputs[0], interval_of(op.in(0).dtype).lowest);
}

template <class X, class Y>
void look_up(Operands in, Tensor& out) {
  const auto table = in[1]->as<Y>();
  std::ranges::transform(in[0]->as<X>(), out.as<Y>().begin(), [&](X x) {
    return table[static_cast<std::size_t>(std::int64_t{x} - std::numeric_limits<X>::lowest())];
  });
}

void eval(const OpView&, Operands in, Outputs out) {
  visit_dtype(out[0].dtype, [&]<class Y>() {
    if (in[0]->dtype == DType::s8)
      look_up<std::int8_t, Y>(in, out[0]);
    else
      look_up<std::uint8_t, Y>(in, out[0]);
  });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const bool in_place = byte_size(op.out(0).dtype) == byte_size(op.in(0).dtype);
  return KernelCall{.header = "lookup",
                    .kernel = "lookup",
                    .fields = {{"count", field(op.in(0).shape.elements())}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                    .traversal = in_place ? Traversal::elementwise : Traversal::opaque};
}

Sample sample(Rng& rng) {
  constexpr std::array results{DType::s8, DType::u8, DType::s16, DType::s32};
  const DType result = results[static_cast<std::size_t>(rng.integer(0, 3))];
  return {.attrs = {},
          .inputs = {sample_activation(rng.chance(2) ? DType::s8 : DType::u8, extents_of(random_shape(rng, 0, 4, 5))),
                     sample_constant(rng, result, {table_size}, interval_of(result))}};
}

constexpr OpDef family[] = {
    {.name = "Lookup",
     .summary = "a function of 8-bit elements by its table of 256 values",
     .arity = {.min_in = 2, .max_in = 2},
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> lookup_ops();
std::span<const OpDef> lookup_ops() { return family; }

}  // namespace mote::ops
