// Rounding for the sake of a layer's output, judged on rows that the fit never saw.
#include "lib/quant/product_fit.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "lib/quant/grid.hpp"
#include "lib/quant/weight_scale.hpp"
#include "lib/support/rng.hpp"

using namespace mote;

namespace {

constexpr std::size_t outputs = 6;

struct Layer {
  ProductParameters parameters{};
  ProductRows fitting{}, held_out{}, fresh{};
};

// Inputs that go together, behind a Relu. `shift` is what earlier layers add to them by mistake.
ProductRows random_rows(Rng& rng, std::size_t samples, std::size_t of_each, std::size_t inputs, float shift) {
  ProductRows rows{.samples = samples, .count = samples * of_each, .inputs = inputs, .outputs = outputs};
  const Grid grid = activation_grid(0.0, 4.0, 8);
  for (std::size_t row = 0; row < rows.count; ++row) {
    const float common = rng.real(-1.0F, 2.0F);
    for (std::size_t k = 0; k < inputs; ++k) {
      rows.exact.push_back(std::max(0.0F, common + rng.real(-1.0F, 2.0F)));
      rows.rounded.push_back(static_cast<float>(grid.real(grid.level(static_cast<double>(rows.exact.back() + shift)))));
    }
  }
  return rows;
}

Layer random_layer(std::uint64_t seed, std::size_t inputs, float shift = 0.0F, std::size_t samples = 24) {
  Rng rng(seed);
  Layer layer;
  for (std::size_t i = 0; i < inputs * outputs; ++i) layer.parameters.weights.push_back(rng.real(-1.0F, 1.0F));
  // One large weight per channel: the others lie on few levels, so that rounding matters as it does at four bits.
  for (std::size_t c = 0; c < outputs; ++c) layer.parameters.weights[c] = 16.0F;
  layer.parameters.bias.assign(outputs, 0.25F);
  layer.fitting = random_rows(rng, samples, 40, inputs, shift);
  layer.held_out = random_rows(rng, samples / 3, 40, inputs, shift);
  layer.fresh = random_rows(rng, 20, 40, inputs, shift);
  return layer;
}

std::vector<double> column(const ProductParameters& parameters, std::size_t channel) {
  std::vector<double> own;
  for (std::size_t i = channel; i < parameters.weights.size(); i += outputs)
    own.push_back(static_cast<double>(parameters.weights[i]));
  return own;
}

// As the integers will: weights on their nearest levels, and the bias as given.
double error_of(const ProductRows& rows, const ProductParameters& exact, ProductParameters used) {
  for (std::size_t c = 0; c < outputs; ++c) {
    const std::vector<double> own = column(used, c);
    const double scale = exact_weight_scale(own).value_or(full_range_scale(own));
    for (std::size_t k = 0; k < own.size(); ++k)
      used.weights[k * outputs + c] = static_cast<float>(std::nearbyint(own[k] / scale) * scale);
  }
  const auto errors = squared_errors(1, exact_outputs(rows, exact), rounded_outputs(rows, used, used.weights),
                                     std::vector<float>(outputs, 0.0F), exact);
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

ProductParameters fitted(const Layer& layer, const ProductFitOptions& options = {}) {
  return fit_product(layer.parameters, layer.fitting, layer.held_out, options);
}

}  // namespace

TEST_CASE("Fitted levels and biases leave less error on rows that were never seen", "[product-fit]") {
  double nearest = 0.0, bias_only = 0.0, rounded_only = 0.0, both = 0.0;
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    const Layer layer = random_layer(seed, 24);
    nearest += error_of(layer.fresh, layer.parameters, layer.parameters);
    bias_only += error_of(layer.fresh, layer.parameters, fitted(layer, {.round = false, .correct_bias = true}));
    rounded_only += error_of(layer.fresh, layer.parameters, fitted(layer, {.round = true, .correct_bias = false}));
    both += error_of(layer.fresh, layer.parameters, fitted(layer));
  }
  INFO("nearest " << nearest << ", bias " << bias_only << ", rounded " << rounded_only << ", both " << both);
  CHECK(bias_only < 0.9 * nearest);
  CHECK(rounded_only < 0.5 * nearest);
  CHECK(both < rounded_only);
  CHECK(both < 0.4 * nearest);
}

TEST_CASE("What earlier layers do wrong on average, the bias takes back", "[product-fit]") {
  const Layer layer = random_layer(3, 9, 0.1F);
  const double before = error_of(layer.fresh, layer.parameters, layer.parameters);
  const ProductParameters corrected = fitted(layer, {.round = false, .correct_bias = true});
  CHECK(corrected.weights == layer.parameters.weights);
  CHECK(error_of(layer.fresh, layer.parameters, corrected) < 0.2 * before);
}

TEST_CASE("Fitted weights lie on the levels of their channel's full range", "[product-fit]") {
  const Layer layer = random_layer(8, 30);
  const ProductParameters result = fitted(layer);
  int changed = 0;
  for (std::size_t c = 0; c < outputs; ++c) {
    INFO("channel " << c);
    if (column(result, c) == column(layer.parameters, c)) continue;  // nearest was best
    ++changed;
    const auto scale = exact_weight_scale(column(result, c));
    REQUIRE(scale);
    const double full = full_range_scale(column(layer.parameters, c));
    CHECK(std::remainder(*scale, full) == Approx(0.0).margin(1e-6 * full));
  }
  CHECK(changed > 0);
}

TEST_CASE("With four bits every channel moves to their levels, and fitting pays more", "[product-fit]") {
  double nearest = 0.0, fit = 0.0;
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    Layer layer = random_layer(seed, 24);
    for (std::size_t c = 0; c < outputs; ++c) layer.parameters.weights[c] = 1.5F;
    ProductParameters rounded = layer.parameters;
    round_to_levels(rounded.weights, outputs, 7.0);
    const ProductParameters result = fitted(layer, {.largest_level = 7.0});
    for (std::size_t c = 0; c < outputs; ++c) CHECK(lie_on_levels(column(result, c), 7.0));
    nearest += error_of(layer.fresh, layer.parameters, rounded);
    fit += error_of(layer.fresh, layer.parameters, result);
    const ProductParameters again = fit_product(result, layer.fitting, layer.held_out, {.largest_level = 7.0});
    CHECK(again.weights == result.weights);
  }
  INFO("nearest " << nearest << ", fitted " << fit);
  CHECK(fit < 0.4 * nearest);
}

TEST_CASE("Weights that lie on levels stay as they are, with their biases", "[product-fit]") {
  Layer layer = random_layer(4, 12, 0.1F);
  for (std::size_t i = 0; i < layer.parameters.weights.size(); ++i)
    layer.parameters.weights[i] = std::round(layer.parameters.weights[i] * 7.0F) * 0.125F;
  const ProductParameters result = fitted(layer);
  CHECK(result.weights == layer.parameters.weights);
  CHECK(result.bias == layer.parameters.bias);
}

TEST_CASE("Few rows fit no noise: a layer never gets worse on fresh ones", "[product-fit]") {
  double before = 0.0, after = 0.0;
  for (std::uint64_t seed = 10; seed < 30; ++seed) {
    Layer layer = random_layer(seed, 60, 0.0F, 9);
    Rng rng(seed);
    layer.fitting = random_rows(rng, 9, 1, 60, 0.0F);  // nine rows for sixty weights
    layer.held_out = random_rows(rng, 4, 1, 60, 0.0F);
    before += error_of(layer.fresh, layer.parameters, layer.parameters);
    after += error_of(layer.fresh, layer.parameters, fitted(layer));
  }
  INFO("before " << before << ", after " << after);
  CHECK(after < before);
}

TEST_CASE("Dead channels, constant inputs and residuals are taken as they come", "[product-fit]") {
  Layer layer = random_layer(6, 10);
  for (std::size_t k = 0; k < 10; ++k) layer.parameters.weights[k * outputs + 2] = 0.0F;
  for (ProductRows* rows : {&layer.fitting, &layer.held_out})
    for (std::size_t row = 0; row < rows->count; ++row) rows->exact[row * 10 + 3] = rows->rounded[row * 10 + 3] = 0.0F;
  const ProductParameters plain = fitted(layer);
  for (std::size_t k = 0; k < 10; ++k) CHECK(plain.weights[k * outputs + 2] == 0.0F);

  for (ProductRows* rows : {&layer.fitting, &layer.held_out}) {
    rows->exact_added.assign(rows->count * outputs, 1.0F);
    rows->rounded_added.assign(rows->count * outputs, 0.5F);
  }
  const ProductParameters with_residual = fitted(layer);
  for (std::size_t c = 0; c < outputs; ++c)
    if (c != 2) CHECK(with_residual.bias[c] - plain.bias[c] == Approx(0.5).margin(1e-3));
}
