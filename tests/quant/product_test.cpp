#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "lib/quant/product.hpp"
#include "lib/support/rng.hpp"

using namespace mote;

namespace {

struct Case {
  std::vector<ProductChannel> channels{};
  ProductGrids grids{};
};

// Channels of every kind: ordinary, of few weights, nearly dead, dead, with a bias far beyond the weights.
Case random_case(Rng& rng) {
  Case result;
  const float low = -rng.real(0.0F, 8.0F);
  result.grids = {.input = activation_grid(static_cast<double>(low), static_cast<double>(rng.real(0.1F, 8.0F)), 8),
                  .output = activation_grid(-static_cast<double>(rng.real(0.1F, 30.0F)),
                                            static_cast<double>(rng.real(0.1F, 30.0F)), 8)};
  if (rng.chance(3)) result.grids.residual = activation_grid(-3.0, 5.0, 8);
  const std::int64_t taps = rng.chance(4) ? 1 : rng.integer(1, 60);
  for (std::int64_t c = rng.integer(1, 12); c > 0; --c) {
    const double size = std::ldexp(static_cast<double>(rng.real(0.1F, 1.0F)), static_cast<int>(rng.integer(-30, 2)));
    ProductChannel channel;
    for (std::int64_t tap = 0; tap < taps; ++tap)
      channel.weights.push_back(rng.chance(20) ? 0.0 : static_cast<double>(rng.real(-1.0F, 1.0F)) * size);
    channel.bias = static_cast<double>(rng.real(-10.0F, 10.0F));
    result.channels.push_back(channel);
  }
  return result;
}

// What DequantizeLinear computes of the levels.
std::vector<ProductChannel> written(const IntegerProduct& product) {
  std::vector<ProductChannel> channels;
  for (const ProductChannel& from : product.channels) {
    ProductChannel channel;
    for (const std::int32_t level : from.levels)
      channel.weights.push_back(static_cast<double>(static_cast<float>(level) * from.scale));
    channel.bias = static_cast<double>(static_cast<float>(from.bias_level) * from.bias_scale);
    channels.push_back(channel);
  }
  return channels;
}

}  // namespace

TEST_CASE("A quantized product, written as real numbers and quantized again, has the same integers") {
  Rng rng(5);
  int products = 0;
  for (int round = 0; round < 2000; ++round) {
    const Case drawn = random_case(rng);
    const auto first = quantize_product(drawn.channels, drawn.grids);
    if (!first) continue;
    ++products;
    const auto second = quantize_product(written(*first), drawn.grids);
    REQUIRE(second);
    CHECK(second->multipliers.multiplier == first->multipliers.multiplier);
    CHECK(second->multipliers.accumulator_shift == first->multipliers.accumulator_shift);
    for (std::size_t c = 0; c < first->channels.size(); ++c) {
      INFO("round " << round << ", channel " << c);
      REQUIRE(second->channels[c].levels == first->channels[c].levels);
      REQUIRE(second->channels[c].scale == first->channels[c].scale);
      REQUIRE(second->channels[c].bias_level == first->channels[c].bias_level);
      REQUIRE(second->channels[c].folded_bias == first->channels[c].folded_bias);
    }
  }
  CHECK(products > 1500);
}

TEST_CASE("The levels stand for the weights to half a level") {
  Rng rng(6);
  for (int round = 0; round < 200; ++round) {
    Case drawn = random_case(rng);
    for (ProductChannel& channel : drawn.channels)
      for (double& weight : channel.weights) weight = static_cast<double>(rng.real(-1.0F, 1.0F));
    const auto product = quantize_product(drawn.channels, drawn.grids);
    REQUIRE(product);
    for (const ProductChannel& channel : product->channels)
      for (std::size_t i = 0; i < channel.weights.size(); ++i)
        CHECK(std::abs(channel.levels[i] * static_cast<double>(channel.scale) - channel.weights[i]) <=
              0.5001 * static_cast<double>(channel.scale));
  }
}

TEST_CASE("A channel with one weight counts its bias in fine units") {
  const ProductGrids grids{.input = activation_grid(-1.0, 1.0, 8), .output = activation_grid(-2.0, 2.0, 8)};
  const auto product = quantize_product({{.weights = {0.7}, .bias = 0.1}}, grids);
  REQUIRE(product);
  CHECK(product->channels[0].levels == std::vector<std::int32_t>{127});
  CHECK(static_cast<double>(product->channels[0].bias_scale) < 0.01 * static_cast<double>(grids.output.scale));
}

TEST_CASE("Weights that all fit four bits keep their levels, written and read again too") {
  Rng rng(8);
  for (int round = 0; round < 100; ++round) {
    const ProductGrids grids{.input = activation_grid(-1.0, 2.0, 8), .output = activation_grid(-4.0, 4.0, 8)};
    std::vector<ProductChannel> channels(8);
    for (ProductChannel& channel : channels) {
      const float scale = rng.real(0.01F, 0.1F);
      for (int k = 0; k < 16; ++k)
        channel.weights.push_back(static_cast<double>(static_cast<float>(rng.integer(-8, 7)) * scale));
      channel.bias = static_cast<double>(rng.real(-1.0F, 1.0F));
    }
    const auto narrow = quantize_product(channels, grids);
    REQUIRE(narrow);
    for (const ProductChannel& channel : narrow->channels)
      for (const std::int32_t level : channel.levels) CHECK((level >= -8 && level <= 7));
    const auto again = quantize_product(written(*narrow), grids);
    REQUIRE(again);
    for (std::size_t c = 0; c < channels.size(); ++c) {
      CHECK(again->channels[c].levels == narrow->channels[c].levels);
      CHECK(again->channels[c].folded_bias == narrow->channels[c].folded_bias);
    }
    // One channel that needs eight bits keeps the whole product at bytes: the others are better off with finer biases.
    channels[3].weights[0] += 0.0123;
    const auto wide = quantize_product(channels, grids);
    REQUIRE(wide);
    CHECK(wide->channels[0].bias_scale < narrow->channels[0].bias_scale);
  }
}

TEST_CASE("Numbers that are not finite have no integers") {
  const ProductGrids grids{.input = activation_grid(-1.0, 1.0, 8), .output = activation_grid(-2.0, 2.0, 8)};
  CHECK_FALSE(quantize_product({{.weights = {std::nan("")}}}, grids));
  CHECK_FALSE(quantize_product({{.weights = {1.0}, .bias = HUGE_VAL}}, grids));
}
