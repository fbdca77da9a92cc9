#include "lib/quant/product.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lib/quant/rounding.hpp"
#include "lib/quant/weight_scale.hpp"

namespace mote {
namespace {

constexpr double accumulator_limit = 2147483647.0;
constexpr int most_coarsenings = 64;

// Below a factor of 2^-22 the output's zero point alone, brought to accumulator units, would leave 32 bits; a whole
// channel of such weights moves the output by less than a level. Dead channels of real networks lie far below.
constexpr double least_factor = 0x1p-22;
// What a channel of zeros multiplies by; any factor would do.
constexpr double factor_of_zeros = 0x1p-12;
constexpr double least_aligned_units = 200.0;
constexpr std::size_t fewest_4_bit_weights = 128, fewest_4_bit_weights_of_channel = 4;
// A bias keeps as many bits as survive being stored as a single-precision number and divided by its scale again.
constexpr int bias_bits = 21;

std::int32_t largest_level(const std::vector<std::int32_t>& levels) {
  std::int32_t largest = 0;
  for (const std::int32_t level : levels) largest = std::max(largest, std::abs(level));
  return largest;
}

// The scale that comes back when the largest weight is computed in single precision and divided by its level: the
// only one among its neighbours that can be told from the weights.
float recoverable(double scale, std::int32_t largest) {
  const auto weight = static_cast<float>(scale * largest);
  return static_cast<float>(static_cast<double>(weight) / largest);
}

double in_bias_bits(double level) {
  int exponent = 0;
  std::frexp(level, &exponent);
  const int coarse = std::max(0, exponent - bias_bits);
  return std::ldexp(std::nearbyint(std::ldexp(level, -coarse)), coarse);
}

class Chooser {
 public:
  Chooser(std::vector<ProductChannel> channels, const ProductGrids& grids)
      : grids_(grids), of_one_(static_cast<double>(grids.output.scale) / static_cast<double>(grids.input.scale)) {
    result_.channels = std::move(channels);
    refinement_.assign(result_.channels.size(), 1);
    base_.assign(result_.channels.size(), 0.0);
    offset_ = grids.output.zero_point + 0.5;
    if (grids.residual)
      offset_ -= grids.residual->zero_point * static_cast<double>(grids.residual->scale) /
                 static_cast<double>(grids.output.scale);
  }

  std::optional<IntegerProduct> run() && {
    keeps_4_bits_ = !result_.channels.empty() && std::ranges::all_of(result_.channels, may_have_4_bits) &&
                    result_.channels.size() * result_.channels.front().weights.size() >= fewest_4_bit_weights;
    for (std::size_t c = 0; c < result_.channels.size(); ++c) choose_scale(c);
    for (int round = 0; round < most_coarsenings; ++round) {
      if (!choose_multipliers()) return std::nullopt;
      bool fits = true;
      for (std::size_t c = 0; c < result_.channels.size(); ++c) {
        if (set_bias(c)) continue;
        coarsen(c);
        fits = false;
      }
      if (fits) return std::move(result_);
    }
    return std::nullopt;
  }

 private:
  void choose_scale(std::size_t index) {
    ProductChannel& channel = result_.channels[index];
    const double full = full_range_scale(channel.weights);
    const double wanted = full == 0.0 ? 0.0 : exact_weight_scale(channel.weights).value_or(aligned(full));
    const double scale = base_[index] = set_levels(channel, std::max(wanted, least_factor * of_one_));
    const std::int32_t largest = largest_level(channel.levels);
    if (keeps_4_bits_) {
      set_scale(channel, scale);
      return;
    }
    // Weights that lie on few levels lie on as many times more: the finer, the less the rounded bias is off.
    const std::int32_t times = std::max(1, static_cast<std::int32_t>(largest_weight_level) / std::max(1, largest));
    refinement_[index] = times;
    for (std::int32_t& level : channel.levels) level *= times;
    set_scale(channel, scale / times);
  }

  static bool may_have_4_bits(const ProductChannel& channel) {
    return channel.weights.size() >= fewest_4_bit_weights_of_channel &&
           lie_on_levels(channel.weights, largest_weight_level_of_4_bits);
  }

  // A free scale is widened, by a fraction of a percent at most, until the zero point and the rounding are a whole number of
  // accumulator units. Then the integers round exactly as the same model does in real numbers, and not a little aside:
  // any such difference would grow from layer to layer.
  [[nodiscard]] double aligned(double scale) const {
    const double units = std::abs(offset_) * of_one_ / scale;
    return units < least_aligned_units ? scale : scale * units / std::floor(units);
  }

  // Levels without a common factor, which belongs to the scale. Returns the scale.
  static double set_levels(ProductChannel& channel, double scale) {
    channel.levels.clear();
    std::int32_t common = 0;
    for (const double weight : channel.weights) {
      channel.levels.push_back(static_cast<std::int32_t>(std::clamp(std::nearbyint(weight / scale), -128.0, 127.0)));
      common = std::gcd(common, channel.levels.back());
    }
    if (common == 0) return scale;
    for (std::int32_t& level : channel.levels) level /= common;
    return scale * common;
  }

  // Rounded only here, so that it comes out the same from the weights that it gives.
  void set_scale(ProductChannel& channel, double scale) const {
    const std::int32_t largest = largest_level(channel.levels);
    channel.scale = largest == 0 ? static_cast<float>(factor_of_zeros * of_one_) : recoverable(scale, largest);
  }

  void coarsen(std::size_t index) {
    ProductChannel& channel = result_.channels[index];
    if (largest_level(channel.levels) == 0) {
      channel.scale *= 2.0F;
      return;
    }
    const bool refined = refinement_[index] > 1;
    refinement_[index] = 1;
    base_[index] = set_levels(channel, refined ? base_[index] : 2.0 * base_[index]);
    set_scale(channel, base_[index]);
  }

  bool choose_multipliers() {
    std::vector<double> factors;
    for (const ProductChannel& channel : result_.channels)
      factors.push_back(static_cast<double>(channel.scale) / of_one_);
    auto found = channel_multipliers(factors);
    if (found) result_.multipliers = *std::move(found);
    return found.has_value();
  }

  [[nodiscard]] Rounding rounding_of(std::size_t index) const {
    const ChannelMultipliers& chosen = result_.multipliers;
    // A residual of its own moves every sum differently, and of 16-bit levels there are too many to look at each.
    if (!grids_.residual && grids_.output.stored() == DType::s8)
      return choose_rounding({.factor = static_cast<double>(result_.channels[index].scale) / of_one_,
                              .zero_point = static_cast<double>(grids_.output.zero_point),
                              .lowest = grids_.lowest,
                              .highest = grids_.highest,
                              .accumulator_shift = chosen.accumulator_shift,
                              .multiplier = chosen.multiplier[index]});
    return {.offset = static_cast<std::int64_t>(std::nearbyint(offset_ / chosen.factor(index))),
            .multiplier = chosen.multiplier[index]};
  }

  // Sets the bias of a channel and settles its multiplier; false if some sum could leave 32 bits.
  bool set_bias(std::size_t index) {
    ProductChannel& channel = result_.channels[index];
    channel.bias_scale = grids_.input.scale * channel.scale;
    if (result_.multipliers.multiplier[index] == 0 || !std::isnormal(channel.bias_scale)) return false;
    const Rounding rounding = rounding_of(index);
    double sum = 0.0, magnitude = 0.0;
    for (const std::int32_t level : channel.levels) {
      sum += level;
      magnitude += std::abs(level);
    }
    const Grid& input = grids_.input;
    const double largest_input = std::max(-static_cast<double>(input.lowest), static_cast<double>(input.highest));
    const double alone = in_bias_bits(channel.bias / static_cast<double>(channel.bias_scale));
    const double folded = alone - input.zero_point * sum + static_cast<double>(rounding.offset);
    const double reach = std::ldexp(std::abs(folded) + magnitude * largest_input + 1.0,
                                    static_cast<int>(result_.multipliers.accumulator_shift));
    if (!(reach < accumulator_limit) || !(std::abs(alone) < accumulator_limit)) return false;
    channel.bias_level = static_cast<std::int64_t>(alone);
    channel.folded_bias = static_cast<std::int64_t>(folded);
    result_.multipliers.multiplier[index] = rounding.multiplier;
    return true;
  }

  ProductGrids grids_;
  double of_one_;        // output levels to input levels
  double offset_ = 0.0;  // of the result, in levels: zero points and one half
  IntegerProduct result_{};
  std::vector<std::int32_t> refinement_{};  // what the levels of a channel were multiplied by
  std::vector<double> base_{};              // the scale without that
  bool keeps_4_bits_ = false;
};

bool all_finite(const std::vector<ProductChannel>& channels) {
  return std::ranges::all_of(channels, [](const ProductChannel& channel) {
    return std::isfinite(channel.bias) && std::ranges::all_of(channel.weights, [](double w) { return std::isfinite(w); });
  });
}

}  // namespace

std::vector<ProductChannel> product_channels(const Graph& graph, const Node& node) {
  const Shape& shape = graph.at(node.inputs[1]).type.shape;
  std::vector<ProductChannel> channels(static_cast<std::size_t>(shape[shape.rank() - 1]));
  const std::vector<double> weights = graph.constant(node.inputs[1]).to_reals();
  for (std::size_t i = 0; i < weights.size(); ++i) channels[i % channels.size()].weights.push_back(weights[i]);
  if (node.inputs.size() > 2 && node.inputs[2]) {
    const std::vector<double> bias = graph.constant(node.inputs[2]).to_reals();
    for (std::size_t c = 0; c < channels.size(); ++c) channels[c].bias = bias[c];
  }
  return channels;
}

bool has_4_bit_levels(const IntegerProduct& product) {
  const auto fits = [](std::int32_t level) {
    return level >= -largest_weight_level_of_4_bits - 1.0 && level <= largest_weight_level_of_4_bits;
  };
  return !product.channels.empty() &&
         product.channels.size() * product.channels.front().levels.size() >= fewest_4_bit_weights &&
         std::ranges::all_of(product.channels,
                             [&](const ProductChannel& channel) { return std::ranges::all_of(channel.levels, fits); });
}

std::optional<IntegerProduct> quantize_product(std::vector<ProductChannel> channels, const ProductGrids& grids) {
  if (!all_finite(channels)) return std::nullopt;
  return Chooser(std::move(channels), grids).run();
}

}  // namespace mote
