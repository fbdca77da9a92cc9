// QuantizedGru: GRU in integers, without lengths of rows. x, w, r, bias, input_multiplier, state_multiplier, tables f,
// g, initial_h? -> Y?, Y_h?: support/quantized_recurrent.hpp. With linear_before_reset the state's part of gate h has
// biases of its own, behind those of the three gates. Value: codegen/kernels/quantized_gru.hpp.
#include "lib/ops/support/quantized_recurrent_reference.hpp"

namespace mote::ops {
namespace {

constexpr QuantizedRecurrentKind kind{.gates = 3, .tables = 2, .shares = true};

constexpr AttrSpec gru_attrs[] = {
    direction_attr,
    gate_shift_attr,
    highest_attr,
    layout_attr,
    level_shift_attr,
    {.name = "linear_before_reset", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    lowest_attr,
    output_bits_attr,
    output_multiplier_attr,
    zero_point_attr};

bool resets_sum(const OpView& op) { return op.integer("linear_before_reset") != 0; }

Result<Types> infer(const OpView& op) { return quantized_recurrent_types(op, kind, resets_sum(op)); }

// The candidate of a unit from the input's level and the reset share of the state's.
std::int64_t candidate_of_sum(const QuantizedStep& now, std::int64_t unit, std::int64_t reset, const Levels& before) {
  const std::int64_t row = now.row(2, unit);
  const std::int64_t from_input = now.layer.level(now.layer.input_part(row, now.x), now.bias(2, unit));
  const std::int64_t from_state = now.layer.level(now.layer.state_part(row, before), now.bias(3, unit));
  const std::int64_t limited = std::clamp<std::int64_t>(from_state, -65536, 65535);
  return now.layer.function(1, from_input + to_state(reset * limited));
}

void step(const QuantizedStep& now, bool sums, Levels& hidden) {
  enum Gate : std::int64_t { z, r, h };
  const Levels before = hidden;
  Levels reset, kept;
  for (std::int64_t unit = 0; unit < now.layer.shape.hidden; ++unit) {
    reset.push_back(now.gate(0, r, unit, before));
    kept.push_back(to_state(reset.back() * before[static_cast<std::size_t>(unit)]));
  }
  for (std::int64_t unit = 0; unit < now.layer.shape.hidden; ++unit) {
    const auto j = static_cast<std::size_t>(unit);
    const std::int64_t update = now.gate(0, z, unit, before);
    const std::int64_t candidate = sums ? candidate_of_sum(now, unit, reset[j], before) : now.gate(1, h, unit, kept);
    hidden[j] = to_state((state_unit - update) * candidate + update * before[j]);
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  run_quantized_reference(
      op, kind, in, out, [&](const QuantizedStep& now, Levels& hidden, Levels&) { step(now, resets_sum(op), hidden); });
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  return quantized_recurrent_bounds(op, kind, inputs, resets_sum(op));
}

std::int64_t macs(const OpView& op) { return quantized_recurrent_macs(op, kind); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call =
      quantized_recurrent_call(op, kind, "quantized_gru", resets_sum(op) ? 0 : recurrent_shape(op).hidden);
  call.fields.emplace_back("resets_sum", resets_sum(op));
  return call;
}

Sample sample(Rng& rng) {
  const bool sums = rng.chance(2);
  Sample sample = sample_quantized_recurrent(rng, kind, sums);
  sample.attrs["linear_before_reset"] = std::int64_t{sums};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedGru",
     .summary = "gated recurrent unit in integers",
     .arity = {.min_in = 8, .max_in = 9, .min_out = 0, .max_out = 2},
     .attrs = gru_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_gru_ops();
std::span<const OpDef> quantized_gru_ops() { return family; }

}  // namespace mote::ops
