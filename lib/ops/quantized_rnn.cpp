// QuantizedRnn: RNN in integers, without lengths of rows. x, w, r, bias, input_multiplier, state_multiplier, table f,
// initial_h? -> Y?, Y_h?: support/quantized_recurrent.hpp. Value: codegen/kernels/quantized_rnn.hpp.
#include "lib/ops/support/quantized_recurrent_reference.hpp"

namespace mote::ops {
namespace {

constexpr QuantizedRecurrentKind kind{.gates = 1, .tables = 1};

constexpr AttrSpec rnn_attrs[] = {direction_attr,   gate_shift_attr,        highest_attr,
                                  layout_attr,      level_shift_attr,       lowest_attr,
                                  output_bits_attr, output_multiplier_attr, zero_point_attr};

Result<Types> infer(const OpView& op) { return quantized_recurrent_types(op, kind, false); }

void eval(const OpView& op, Operands in, Outputs out) {
  run_quantized_reference(op, kind, in, out, [](const QuantizedStep& now, Levels& hidden, Levels&) {
    const Levels before = hidden;
    for (std::int64_t unit = 0; unit < now.layer.shape.hidden; ++unit)
      hidden[static_cast<std::size_t>(unit)] = now.gate(0, 0, unit, before);
  });
}

IntegerBounds bounds(const OpView& op, Intervals inputs) { return quantized_recurrent_bounds(op, kind, inputs, false); }

std::int64_t macs(const OpView& op) { return quantized_recurrent_macs(op, kind); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  return quantized_recurrent_call(op, kind, "quantized_rnn", 0);
}

Sample sample(Rng& rng) { return sample_quantized_recurrent(rng, kind, false); }

constexpr OpDef family[] = {
    {.name = "QuantizedRnn",
     .summary = "plain recurrent layer in integers",
     .arity = {.min_in = 7, .max_in = 8, .min_out = 0, .max_out = 2},
     .attrs = rnn_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_rnn_ops();
std::span<const OpDef> quantized_rnn_ops() { return family; }

}  // namespace mote::ops
