// QuantizedLstm: LSTM in integers, without peepholes and lengths of rows. x, w, r, bias, input_multiplier,
// state_multiplier, tables f, g, h, initial_h?, initial_c? -> Y?, Y_h?, Y_c?: support/quantized_recurrent.hpp. The cell
// is in 2^-cell_bits; cell_shift brings it to the levels that table h takes. Value: codegen/kernels/quantized_lstm.hpp.
#include "lib/ops/support/quantized_recurrent_reference.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr QuantizedRecurrentKind kind{.gates = 4, .tables = 3, .shares = true, .has_cell = true};

constexpr AttrSpec lstm_attrs[] = {{.name = "cell_bits", .required = true, .lowest = 0, .highest = 15},
                                   {.name = "cell_shift", .required = true, .lowest = -15, .highest = 15},
                                   direction_attr,
                                   gate_shift_attr,
                                   highest_attr,
                                   {.name = "input_forget", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
                                   layout_attr,
                                   level_shift_attr,
                                   lowest_attr,
                                   output_bits_attr,
                                   output_multiplier_attr,
                                   zero_point_attr};

Result<Types> infer(const OpView& op) { return quantized_recurrent_types(op, kind, false); }

void step(const OpView& op, const QuantizedStep& now, Levels& hidden, Levels& cell) {
  enum Gate : std::int64_t { i_gate, o_gate, f_gate, c_gate };
  enum Table : std::size_t { f, g, h };
  const Levels before = hidden;
  const std::int64_t to_cell = std::int64_t{1} << (15 - op.integer("cell_bits"));
  const std::int64_t shift = op.integer("cell_shift");
  for (std::int64_t unit = 0; unit < now.layer.shape.hidden; ++unit) {
    const auto j = static_cast<std::size_t>(unit);
    const std::int64_t input = now.gate(f, i_gate, unit, before);
    const std::int64_t keep = op.integer("input_forget") != 0 ? state_unit - input : now.gate(f, f_gate, unit, before);
    const std::int64_t candidate = now.gate(g, c_gate, unit, before);
    const std::int64_t sum = keep * cell[j] + floor_divide(input * candidate, to_cell);
    cell[j] = std::clamp<std::int64_t>(to_state(sum), -32768, 32767);
    const std::int64_t level =
        shift >= 0 ? cell[j] * (std::int64_t{1} << shift) : floor_divide(cell[j], std::int64_t{1} << -shift);
    hidden[j] = to_state(now.gate(f, o_gate, unit, before) * now.layer.function(h, level));
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  run_quantized_reference(op, kind, in, out,
                          [&](const QuantizedStep& now, Levels& hidden, Levels& cell) { step(op, now, hidden, cell); });
}

IntegerBounds bounds(const OpView& op, Intervals inputs) { return quantized_recurrent_bounds(op, kind, inputs, false); }

std::int64_t macs(const OpView& op) { return quantized_recurrent_macs(op, kind); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call = quantized_recurrent_call(op, kind, "quantized_lstm", 0);
  call.fields.emplace_back("cell_bits", field(op.integer("cell_bits")));
  call.fields.emplace_back("cell_shift", field(op.integer("cell_shift")));
  call.fields.emplace_back("couples", op.integer("input_forget") != 0);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample = sample_quantized_recurrent(rng, kind, false);
  sample.attrs["cell_bits"] = rng.integer(0, 15);
  sample.attrs["cell_shift"] = rng.integer(-4, 12);
  sample.attrs["input_forget"] = std::int64_t{rng.chance(3)};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedLstm",
     .summary = "long short-term memory in integers",
     .arity = {.min_in = 9, .max_in = 11, .min_out = 0, .max_out = 3},
     .attrs = lstm_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_lstm_ops();
std::span<const OpDef> quantized_lstm_ops() { return family; }

}  // namespace mote::ops
