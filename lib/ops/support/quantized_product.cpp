#include "lib/ops/support/quantized_product.hpp"

#include <cmath>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/result_table.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

enum Operand : std::size_t { x_operand, w_operand, bias_operand, multiplier_operand, residual_operand, table_place };

// What the sums of products of each output channel can be, in any order of addition: the weights' signs decide which
// end of `activation` is the worst, so the sums of the positive and of the negative ones say it all.
std::vector<Interval> reached_by_products(std::span<const std::int8_t> weights, std::size_t channels,
                                          const Interval& activation) {
  std::vector<Interval> signed_sums(channels);  // of the negative and of the positive weights
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Interval& sums = signed_sums[i % channels];
    (weights[i] < 0 ? sums.lowest : sums.highest) += weights[i];
  }
  for (Interval& sums : signed_sums) sums = activation * point(sums.lowest) + activation * point(sums.highest);
  return signed_sums;
}

std::vector<Interval> reached_by_products(const Tensor& weights, const Interval& activation) {
  const Shape& shape = weights.shape;
  return reached_by_products(weights.as<std::int8_t>(), static_cast<std::size_t>(shape[shape.rank() - 1]), activation);
}
// Sums over some of the taps as well: the others count as 0.
std::vector<Interval> reached_by_partial_products(const Tensor& weights, const Interval& activation) {
  return reached_by_products(weights, hull(activation, point(0)));
}

// What the levels of a product stand for, as far as its types say it: real numbers that the integers are measured by.
struct RealScales {
  double input = 1.0, output = 1.0, residual = 0.0;
  std::int64_t input_zero = 0, output_zero = 0, residual_zero = 0;
  std::span<const float> weights{};          // per output channel
  std::span<const std::int32_t> bias_zero{}; // what a bias holds besides the real one, per output channel
};

bool has_one_scale(const std::optional<QuantParams>& quant) {
  return quant && quant->scale.size() == 1 && !quant->axis;
}

std::optional<RealScales> real_scales_of(const OpView& op) {
  const auto& weights = op.in(w_operand).quant;
  const auto& bias = op.in(bias_operand).quant;
  const auto channels = static_cast<std::size_t>(op.in(bias_operand).shape.elements());
  const auto& levels = meaning_of_levels(op, table_place);
  if (!has_one_scale(op.in(x_operand).quant) || !has_one_scale(levels) || !weights || !bias) return std::nullopt;
  if (weights->scale.size() != channels || bias->zero_point.size() != channels) return std::nullopt;
  const QuantParams &x = *op.in(x_operand).quant, &y = *levels;
  RealScales scales{.input = static_cast<double>(x.scale[0]),
                    .output = static_cast<double>(y.scale[0]),
                    .input_zero = x.zero_point[0],
                    .output_zero = y.zero_point[0],
                    .weights = weights->scale,
                    .bias_zero = bias->zero_point};
  if (!op.has_in(residual_operand)) return scales;
  if (!has_one_scale(op.in(residual_operand).quant)) return std::nullopt;
  scales.residual = static_cast<double>(op.in(residual_operand).quant->scale[0]);
  scales.residual_zero = op.in(residual_operand).quant->zero_point[0];
  return scales;
}

// How far acc * m + residual part can lie from the real result + 1/2, in output levels, where acc = S + b + O: the sum S
// of products without x's zero point, the real bias b, rounded to a unit, and the offset O. With the real factor M, and
// the zero points zy and zr and the scales sy and sr of output and residual:
//   acc * m - ((acc - O) * M + zy + 1/2) + r * mr - (r - zr) * sr / sy
// is linear in acc and in r, so that the ends of their intervals are the worst.
double rounding_of_product(const OpView& op, const RealScales& scales, std::size_t channel, std::int64_t weights_sum,
                           const Interval& accumulator, std::int64_t multiplier, const Interval& residual) {
  const double unit = scales.input * static_cast<double>(scales.weights[channel]) / scales.output;
  const double factor =
      std::ldexp(static_cast<double>(multiplier), static_cast<int>(op.integer("accumulator_shift")) - 32);
  const double residual_unit = scales.residual / scales.output;
  const double residual_factor = std::ldexp(static_cast<double>(op.integer("residual_multiplier")), -24);
  const double offset = static_cast<double>(scales.bias_zero[channel] + scales.input_zero * weights_sum);
  const double fixed = offset * unit - static_cast<double>(scales.output_zero) - 0.5 +
                       static_cast<double>(scales.residual_zero) * residual_unit;
  double worst = 0.0;
  for (const std::int64_t acc : {accumulator.lowest, accumulator.highest})
    for (const std::int64_t r : {residual.lowest, residual.highest})
      worst = std::max(worst, std::abs(static_cast<double>(acc) * (factor - unit) + fixed +
                                       (scales.residual > 0.0 ? static_cast<double>(r) * (residual_factor - residual_unit) : 0.0)));
  return worst + 0.5 * unit;
}

std::vector<std::int64_t> sums_of_channels(const Tensor& weights, std::size_t channels) {
  std::vector<std::int64_t> sums(channels, 0);
  const auto levels = weights.as<std::int8_t>();
  for (std::size_t i = 0; i < levels.size(); ++i) sums[i % channels] += levels[i];
  return sums;
}

Status prove_accumulators(const OpView& op, const Interval& activation) {
  const std::vector<Interval> products = reached_by_partial_products(op.constant(w_operand), activation);
  const Tensor bias = op.constant(bias_operand);
  for (std::size_t channel = 0; channel < products.size(); ++channel)
    MOTE_TRY_STATUS(expect_accumulator(op, "the accumulator of output channel " + std::to_string(channel),
                                       products[channel] + point(bias.as<std::int32_t>()[channel])));
  return Ok{};
}

// The form of the weights that the kernel reads, and the kernel for it.
struct StoredWeights {
  std::size_t operand = w_operand;
  std::string suffix{}, header{};  // the header is empty for plain weights: that of the operator
};

StoredWeights stored_weights_of(const OpView& op) {
  if (has_stream(op)) {
    const std::string suffix = reads_quads(op) ? "_sparse_quads" : "_sparse";
    return {.operand = stream_operand, .suffix = suffix, .header = "quantized" + suffix};
  }
  if (is_packed(op)) return {.operand = packed_operand, .suffix = "_s4", .header = "quantized_s4"};
  return {};
}

// Weights most of which are 0, in whole blocks as in single places.
Tensor thinned(Rng& rng, Tensor weights, std::int64_t channels) {
  const auto levels = weights.as<std::int8_t>();
  const auto block = static_cast<std::size_t>(channels);
  const bool in_blocks = rng.chance(2);
  for (std::size_t i = 0; i < levels.size(); i += block) {
    const bool is_empty = !rng.chance(3);
    for (std::size_t c = i; c < std::min(i + block, levels.size()); ++c)
      if (in_blocks ? is_empty : !rng.chance(3)) levels[c] = 0;
  }
  return weights;
}

}  // namespace

Status expect_product_operands(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, x_operand, "x"));
  if (op.in(w_operand).dtype == DType::s8) return Ok{};
  return at(op, Code::unsupported_type, "input 'w' is " + type_text(op.in(w_operand)) + ", expected s8",
            {"check the pass that made this node"});
}

Result<Types> quantized_product_types(const OpView& op, std::vector<std::int64_t> extents, const Interval& activation) {
  const std::int64_t channels = extents.back();
  MOTE_TRY_STATUS(expect_constant_of(op, bias_operand, "bias", DType::s32, {channels}));
  MOTE_TRY_STATUS(expect_multipliers(op, multiplier_operand, channels));
  if (op.has_in(residual_operand)) {
    MOTE_TRY_STATUS(expect_activation(op, residual_operand, "residual"));
    MOTE_TRY_STATUS(expect_shape(op, residual_operand, "residual", extents));
  }
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  MOTE_TRY(const DType dtype, result_type(op, table_place, limits));
  MOTE_TRY(TensorType type, make_type(op, dtype, std::move(extents)));
  MOTE_TRY_STATUS(prove_accumulators(op, activation));
  MOTE_TRY_STATUS(expect_packed(op));
  MOTE_TRY_STATUS(expect_stream(op));
  return Types{std::move(type)};
}

IntegerBounds bounds_of_products(const OpView& op, Intervals inputs, const Interval& activation) {
  const Tensor weights = op.constant(w_operand);
  const std::vector<Interval> whole = reached_by_products(weights, activation);
  const std::vector<Interval> partial = reached_by_partial_products(weights, activation);
  const std::vector<std::int64_t> bias = op.constant(bias_operand).to_integers();
  const std::vector<std::int64_t> multiplier = op.constant(multiplier_operand).to_integers();
  const std::vector<std::int64_t> weight_sums = sums_of_channels(weights, whole.size());
  const Interval residual = op.has_in(residual_operand) ? inputs[residual_operand] : Interval{};
  const std::optional<RealScales> scales = real_scales_of(op);
  std::vector<RequantizedSum> sums;
  for (std::size_t c = 0; c < whole.size(); ++c) {
    const Interval complete = whole[c] + point(bias[c]);
    sums.push_back({.channel = static_cast<std::int64_t>(c),
                    .reached = partial[c] + point(bias[c]),
                    .complete = complete,
                    .multiplier = multiplier[c],
                    .rounding = scales ? rounding_of_product(op, *scales, c, weight_sums[c], complete, multiplier[c], residual)
                                       : IntegerBounds::unknown});
  }
  return behind_table(op, table_place,
                      bounds_of_requantized(op, sums, residual * point(256 * op.integer("residual_multiplier"))));
}

void requantize_products(const OpView& op, std::span<const std::int64_t> sums, Operands in, Tensor& out) {
  const Requantization rule = requantization_of(op);
  const auto multipliers = in[multiplier_operand]->as<std::int32_t>();
  const Tensor* kept = in.size() > residual_operand ? in[residual_operand] : nullptr;
  const std::vector<std::int64_t> residual = kept == nullptr ? std::vector<std::int64_t>{} : kept->to_integers();
  const std::int64_t residual_factor = 256 * op.integer("residual_multiplier");
  std::vector<std::int64_t> y(sums.size());
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = rule(sums[i], multipliers[i % multipliers.size()], residual.empty() ? 0 : residual[i] * residual_factor);
  look_up(op, table_place, y);
  store_integers(y, out);
}

KernelCall quantized_product_call(const OpView& op, std::string kernel, std::int64_t macs) {
  const ValueId residual = op.has_in(residual_operand) ? op.node.inputs[residual_operand] : ValueId{};
  const DType output = op.out(0).dtype;
  const StoredWeights stored = stored_weights_of(op);
  return {.header = stored.header.empty() ? kernel : stored.header,
          .kernel = kernel + stored.suffix,
          .types = {type_name(op.in(x_operand).dtype), type_name(residual ? op.in(residual_operand).dtype : output),
                    type_name(output)},
          .operands = {op.node.inputs[x_operand], op.node.inputs[stored.operand], op.node.inputs[bias_operand],
                       op.node.inputs[multiplier_operand], table_operand(op, table_place), residual,
                       op.node.outputs[0]},
          .traversal = Traversal::window,
          .macs = macs};
}

void append_quantized_fields(const OpView& op, KernelCall& call) {
  append_requantize_fields(op, call);
  call.fields.emplace_back("residual_multiplier", field(op.integer("residual_multiplier")));
  append_table_field(op, table_place, call);
}

DType sample_activation_dtype(Rng& rng) { return rng.chance(3) ? DType::s16 : DType::s8; }

void sample_quantized_product(Rng& rng, Sample& sample, DType x_dtype, std::vector<std::int64_t> x,
                              std::vector<std::int64_t> w, std::vector<std::int64_t> y, const Interval& activation,
                              const WeightForms& forms) {
  const std::int64_t channels = w.back();
  const bool packs = forms.half_bytes && rng.chance(3);
  Sample::Input weights =
      sample_constant(rng, DType::s8, std::move(w), packs ? Interval{-8, 7} : interval_of(DType::s8));
  const StreamBlock block{.channels = std::int64_t{1} << rng.integer(0, 2), .inputs = rng.chance(2) ? quad_inputs : 1};
  const bool fits = forms.rows && fits_stream(*forms.rows, block) && reads_blocks(x_dtype, block);
  const bool thins = !packs && fits && rng.chance(3);
  if (thins) weights.constant = thinned(rng, *weights.constant, block.channels);
  const std::vector<Interval> products = reached_by_products(*weights.constant, activation);
  Interval reached{};
  for (const Interval& channel : products) reached = hull(reached, channel);
  const std::int64_t shift = rng.chance(2) ? 0 : rng.integer(0, greatest_shift(reached));
  const std::int64_t bits = sample_output_limits(rng, sample.attrs);
  // The whole room that the proof leaves to the biases, or little of it; its very ends now and then.
  const Interval room{-(int32_interval.highest >> shift) - reached.lowest,
                      (int32_interval.highest >> shift) - reached.highest};
  const std::int64_t part = rng.chance(3) ? 1 : 64;
  Sample::Input bias = sample_constant(rng, DType::s32, {channels}, {room.lowest / part, room.highest / part});
  if (rng.chance(4)) bias.constant->as<std::int32_t>()[0] = field(rng.chance(2) ? room.lowest : room.highest);
  Sample::Input multipliers = sample_constant(rng, DType::s32, {channels}, point(0));
  for (std::int32_t& multiplier : multipliers.constant->as<std::int32_t>())
    multiplier =
        field(sample_multiplier(rng, reached + Interval{room.lowest / part, room.highest / part}, shift, bits));
  sample.attrs["accumulator_shift"] = shift;
  sample.inputs = {sample_activation(x_dtype, std::move(x)), weights, bias, multipliers,
                   sample_activation(sample_activation_dtype(rng), std::move(y)), sample_table(rng, bits)};
  sample.inputs[residual_operand].present = rng.chance(2);
  if (packs) {
    const Tensor packed = half_bytes_of(*weights.constant);
    sample.inputs.push_back({.type = {.dtype = packed.dtype, .shape = packed.shape}, .constant = packed});
  }
  if (thins) {
    const Tensor stream = weight_stream(*forms.rows, *weights.constant, block);
    sample.inputs.push_back({.present = false});
    sample.inputs.push_back({.type = {.dtype = stream.dtype, .shape = stream.shape}, .constant = stream});
    sample.attrs["stream_channels"] = block.channels;
    if (block.inputs > 1) sample.attrs["stream_inputs"] = block.inputs;
  }
  const std::int64_t greatest = rng.chance(3) ? int32_interval.highest : std::int64_t{1} << 25;
  sample.attrs["residual_multiplier"] = rng.integer(-greatest, greatest);
}

}  // namespace mote::ops
