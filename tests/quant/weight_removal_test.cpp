// Weights that leave a product while the others make up for them, against least squares by hand.
#include "lib/quant/weight_removal.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

constexpr std::size_t row_count = 6000;

// Inputs a, b, a + noise of a tenth, and a constant 3.
ProductRows related_rows(std::size_t outputs) {
  Rng rng(11);
  ProductRows rows{.samples = 8, .count = row_count, .inputs = 4, .outputs = outputs};
  for (std::size_t row = 0; row < row_count; ++row) {
    const float a = rng.real(-1.0F, 1.0F), b = rng.real(-1.0F, 1.0F);
    for (const float x : {a, b, a + rng.real(-0.1F, 0.1F), 3.0F}) rows.exact.push_back(x);
  }
  return rows;
}

ProductRows random_rows(std::size_t inputs, std::size_t outputs) {
  Rng rng(12);
  ProductRows rows{.samples = 8, .count = 1000, .inputs = inputs, .outputs = outputs};
  for (std::size_t row = 0; row < rows.count; ++row) {
    const float common = rng.real(-1.0F, 1.0F);
    for (std::size_t k = 0; k < inputs; ++k) rows.exact.push_back(common + rng.real(-1.0F, 1.0F));
  }
  return rows;
}

ProductParameters random_parameters(std::size_t inputs, std::size_t outputs) {
  Rng rng(13);
  ProductParameters parameters{.bias = std::vector<float>(outputs, 0.5F)};
  for (std::size_t i = 0; i < inputs * outputs; ++i) parameters.weights.push_back(rng.real(-1.0F, 1.0F));
  return parameters;
}

double error_of(const ProductRows& rows, const ProductParameters& whole, const ProductParameters& thinned) {
  const std::vector<float> wanted = exact_outputs(rows, whole), given = exact_outputs(rows, thinned);
  double sum = 0.0;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    sum += std::pow(static_cast<double>(wanted[i]) - static_cast<double>(given[i]), 2.0);
  return sum / static_cast<double>(rows.count);
}

std::ptrdiff_t zeros_of(const ProductParameters& parameters) { return std::ranges::count(parameters.weights, 0.0F); }

}  // namespace

TEST_CASE("where samples are not numbers the share that is asked for leaves, and the others stay as they are") {
  for (const std::size_t inputs : {std::size_t{16}, WeightRemoval::most_inputs + 1}) {
    ProductRows rows = random_rows(inputs, 4);
    rows.exact[inputs + 1] = std::nanf("");
    const ProductParameters whole = random_parameters(inputs, 4);
    const ProductParameters half = WeightRemoval(rows, whole, {}).without(0.5);
    CHECK(zeros_of(half) == static_cast<std::ptrdiff_t>(inputs * 2));
    for (const float bias : half.bias) CHECK(std::isfinite(bias));
    for (std::size_t i = 0; i < half.weights.size(); ++i)
      if (half.weights[i] != 0.0F) CHECK(half.weights[i] == whole.weights[i]);
  }
}

TEST_CASE("a weight costs what no other can make up for") {
  const ProductParameters parameters{.weights = {1.0F, 2.0F, 0.0F, 1.0F}, .bias = {0.0F}};
  const std::vector<double> losses = WeightRemoval(related_rows(1), parameters, {}).losses();
  CHECK(losses[0] == Approx(0.01 / 5.0).margin(1e-3));  // the third input is nearly the first
  CHECK(losses[1] == Approx(0.8).margin(0.02));
  CHECK(losses[2] == Approx(0.0).margin(1e-6));
  CHECK(losses[3] == Approx(0.0).margin(1e-3));  // the bias stands in for a constant
}

TEST_CASE("the bias and related inputs take over from weights that are gone") {
  const ProductParameters parameters{.weights = {1.0F, 2.0F, 0.0F, 1.0F}, .bias = {0.0F}};
  const ProductParameters half = WeightRemoval(related_rows(1), parameters, {}).without(0.5);
  CHECK(zeros_of(half) == 2);
  CHECK(half.weights[3] == 0.0F);
  CHECK(half.bias[0] == Approx(3.0).margin(0.02));
  CHECK(half.weights[0] + half.weights[2] == Approx(1.0).margin(0.02));
}

TEST_CASE("weights that stay are nearer to the outputs than those of the whole network") {
  const ProductRows rows = random_rows(24, 8);
  const ProductParameters whole = random_parameters(24, 8);
  for (const double share : {0.25, 0.5, 0.75}) {
    const ProductParameters thinned = WeightRemoval(rows, whole, {}).without(share);
    CHECK(zeros_of(thinned) == static_cast<std::ptrdiff_t>(share * 24 * 8));
    ProductParameters masked = whole, smallest = whole;
    for (std::size_t i = 0; i < masked.weights.size(); ++i)
      if (thinned.weights[i] == 0.0F) masked.weights[i] = 0.0F;
    std::vector<float> sizes;
    for (const float weight : whole.weights) sizes.push_back(std::abs(weight));
    std::ranges::sort(sizes);
    for (float& weight : smallest.weights)
      if (std::abs(weight) < sizes[static_cast<std::size_t>(zeros_of(thinned))]) weight = 0.0F;
    CHECK(error_of(rows, whole, thinned) < 0.95 * error_of(rows, whole, masked));
    CHECK(error_of(rows, whole, thinned) < 0.8 * error_of(rows, whole, smallest));
  }
}

TEST_CASE("blocks go together") {
  const ProductParameters thinned =
      WeightRemoval(random_rows(16, 8), random_parameters(16, 8), {.outputs = 4}).without(0.5);
  CHECK(zeros_of(thinned) == 64);
  for (std::size_t i = 0; i < thinned.weights.size(); i += 4) {
    const auto block = thinned.weights.begin() + static_cast<std::ptrdiff_t>(i);
    const auto zeros = std::count(block, block + 4, 0.0F);
    CHECK((zeros == 0 || zeros == 4));
  }
}

TEST_CASE("inputs that go together cost what the error grows by without them, and no other weights come nearer") {
  const ProductRows rows = random_rows(10, 1);
  const ProductParameters whole = random_parameters(10, 1);
  const WeightBlock block{.inputs = 4, .row = 5};
  const std::vector<double> losses = WeightRemoval(rows, whole, block).losses();
  REQUIRE(losses.size() == 4);  // of 4, 1, 4 and 1 inputs
  const std::vector<float> outputs = exact_outputs(rows, whole);
  double mean = 0.0, variance = 0.0;
  for (const float y : outputs) mean += static_cast<double>(y) / static_cast<double>(outputs.size());
  for (const float y : outputs)
    variance += std::pow(static_cast<double>(y) - mean, 2.0) / static_cast<double>(outputs.size());
  const ProductParameters thinned = WeightRemoval(rows, whole, block).without(0.25);
  CHECK(zeros_of(thinned) >= 1);
  const double error = error_of(rows, whole, thinned);
  CHECK(error / variance == Approx(std::ranges::min(losses)).epsilon(0.02));
  for (std::size_t i = 0; i < thinned.weights.size(); ++i)
    for (const float change : {-0.05F, 0.05F}) {
      if (thinned.weights[i] == 0.0F) continue;
      ProductParameters other = thinned;
      other.weights[i] += change;
      CHECK(error_of(rows, whole, other) > error);
    }
}

TEST_CASE("nothing that varies costs nothing, and a product of very many inputs keeps the weights that stay") {
  ProductRows still = random_rows(8, 2);
  std::ranges::fill(still.exact, 1.0F);
  CHECK(WeightRemoval(still, random_parameters(8, 2), {}).losses() == std::vector<double>(16, 0.0));
  const std::size_t many = WeightRemoval::most_inputs + 1;
  const ProductParameters whole = random_parameters(many, 1);
  const ProductParameters thinned = WeightRemoval(random_rows(many, 1), whole, {}).without(0.5);
  CHECK(zeros_of(thinned) == static_cast<std::ptrdiff_t>(many / 2));
  for (std::size_t i = 0; i < many; ++i) CHECK((thinned.weights[i] == 0.0F || thinned.weights[i] == whole.weights[i]));
}

TEST_CASE("zeros are meant where they are many") {
  CHECK(has_kept_zeros(std::vector<float>{0.0F, 1.0F, 2.0F, 3.0F}));
  CHECK_FALSE(has_kept_zeros(std::vector<float>{1.0F, 2.0F}));
  std::vector<float> one_of_many(100, 1.0F);
  one_of_many[7] = 0.0F;
  CHECK_FALSE(has_kept_zeros(one_of_many));
}
