#include <cmath>

#include "lib/ops/support/quantized_recurrent.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

Sample::Input random_integers(Rng& rng, DType dtype, std::vector<std::int64_t> extents, std::int64_t lowest,
                              std::int64_t highest) {
  const Shape shape = shape_of(std::move(extents));
  std::vector<std::int64_t> values(static_cast<std::size_t>(shape.elements()));
  for (std::int64_t& value : values) value = rng.integer(lowest, highest);
  return integer_constant(dtype, shape, values);
}

// A rising curve, like those of layers; now and then anything.
Sample::Input random_function(Rng& rng, bool shares) {
  const std::int64_t lowest = shares ? 0 : -largest_function_value;
  if (rng.chance(4)) return random_integers(rng, DType::s16, {function_table_size}, lowest, largest_function_value);
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < function_table_size; ++i) {
    const double share = 1.0 / (1.0 + std::exp(-static_cast<double>(i - function_table_size / 2) / 16.0));
    values.push_back(std::llround(share * static_cast<double>(largest_function_value - lowest)) + lowest);
  }
  return integer_constant(DType::s16, shape_of({function_table_size}), values);
}

}  // namespace

Sample sample_quantized_recurrent(Rng& rng, const QuantizedRecurrentKind& kind, bool splits_last_gate) {
  constexpr std::string_view directions[] = {"forward", "reverse", "bidirectional"};
  const std::string direction(directions[rng.integer(0, 2)]);
  const RecurrentShape shape{.steps = rng.integer(1, 4),
                             .batch = rng.integer(1, 2),
                             .input = rng.integer(1, 6),
                             .hidden = rng.integer(1, 6),
                             .directions = direction == "bidirectional" ? 2 : 1,
                             .batch_first = rng.chance(3)};
  const std::int64_t rows = kind.gates * shape.hidden, biases = rows + (splits_last_gate ? shape.hidden : 0);
  const DType x_dtype = rng.chance(3) ? DType::s16 : DType::s8;
  Sample sample{.attrs = {{"direction", direction}, {"layout", std::int64_t{shape.batch_first}}}};
  sample_output_limits(rng, sample.attrs);
  // Levels over all of 16 bits and beyond: six products of 2^14 by 2^23 (of x, s8) or 2^15 (s16, and the state).
  const std::int64_t shift = rng.integer(16, 30);
  sample.attrs["gate_shift"] = shift;
  sample.attrs["level_shift"] = rng.chance(3) ? rng.integer(0, 7) : 8;
  sample.attrs["output_multiplier"] = rng.chance(4) ? rng.integer(0, 2147483647) : rng.integer(0, 1 << 23);
  sample.attrs["zero_point"] = rng.integer(-100, 100);

  const auto x = shape.batch_first ? std::vector{shape.batch, shape.steps, shape.input}
                                   : std::vector{shape.steps, shape.batch, shape.input};
  const std::int64_t x_most = x_dtype == DType::s8 ? shift + 8 : shift;
  sample.inputs = {sample_activation(x_dtype, x),
                   random_integers(rng, DType::s8, {shape.directions, rows, shape.input}, -128, 127),
                   random_integers(rng, DType::s8, {shape.directions, rows, shape.hidden}, -128, 127),
                   random_integers(rng, DType::s32, {shape.directions * biases}, -10'000'000, 10'000'000),
                   random_integers(rng, DType::s32, {shape.directions * rows}, 0,
                                   std::min<std::int64_t>(std::int64_t{1} << x_most >> 2, 2147483647)),
                   random_integers(rng, DType::s32, {shape.directions * rows}, 0, std::int64_t{1} << shift >> 2)};
  for (std::int64_t i = 0; i < kind.tables; ++i) sample.inputs.push_back(random_function(rng, kind.shares && i == 0));
  for (std::size_t i = kind.initial_h(); i < kind.operands(); ++i) {
    sample.inputs.push_back(sample_activation(DType::s16, shape.state_extents()));
    sample.inputs.back().present = rng.chance(2);
  }
  sample.outputs = static_cast<std::size_t>(rng.integer(1, static_cast<std::int64_t>(kind.results())));
  return sample;
}

}  // namespace mote::ops
