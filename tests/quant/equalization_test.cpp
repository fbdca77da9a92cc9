#include "lib/quant/equalization.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/support/rng.hpp"

using namespace mote;

TEST_CASE("An exponent of 1 makes activations even, one of 0 the weights, halves meet in between", "[equalization]") {
  const std::vector<double> activations{8.0, 0.5, 2.0}, weights{0.25, 4.0, 1.0};
  for (const double exponent : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    const std::vector<double> factors = equalizing_factors(activations, weights, exponent);
    CHECK(factors[0] == Approx(1.0));  // the widest keeps its range
    for (std::size_t c = 0; c < 3; ++c) {
      const double x = activations[c] / factors[c], w = weights[c] * factors[c];
      if (exponent == 0.0) CHECK(w == Approx(weights[0]));
      if (exponent == 1.0) CHECK(x == Approx(activations[0]));
      if (exponent == 0.5) CHECK(x / w == Approx(activations[0] / weights[0]));
    }
  }
}

TEST_CASE("Dead channels get no factor, and no channel grows without bounds", "[equalization]") {
  const std::vector<double> factors =
      equalizing_factors(std::vector<double>{1.0, 0.0, 1.0, 1e-9}, std::vector<double>{1.0, 1.0, 0.0, 1.0}, 1.0);
  CHECK(factors == std::vector<double>{1.0, 1.0, 1.0, 1.0 / 256.0});
}

TEST_CASE("The error of a product's outputs falls with uneven channels made even", "[equalization]") {
  Rng rng(2);
  constexpr std::size_t inputs = 8, outputs = 4;
  ProductRows rows{.samples = 1, .count = 200, .inputs = inputs, .outputs = outputs};
  ProductParameters parameters{.weights = {}, .bias = std::vector<float>(outputs, 0.0F), .low = 0.0F};
  std::vector<double> reach(inputs);
  for (std::size_t k = 0; k < inputs; ++k) {
    reach[k] = std::ldexp(1.0, -static_cast<int>(k));
    for (std::size_t c = 0; c < outputs; ++c)
      parameters.weights.push_back(rng.real(-1.0F, 1.0F) / static_cast<float>(reach[k]));
  }
  for (std::size_t i = 0; i < rows.count * inputs; ++i)
    rows.exact.push_back(rng.real(0.0F, 1.0F) * static_cast<float>(reach[i % inputs]));
  const Grid grid = activation_grid(0.0, 1.0, 8);
  const double before = rounding_error(rows, parameters, std::vector<double>(inputs, 1.0), grid);
  const double after = rounding_error(rows, parameters, reach, grid);
  CHECK(after < 0.01 * before);
  // What is left is no more than half a level of every input and weight can do.
  CHECK(after / static_cast<double>(rows.count * outputs) < std::pow(2.0 * inputs / 255.0, 2));
}
