#include "lib/quant/linear_map.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(count);
  for (float& value : values) value = rng.real(-1.0F, 1.0F);
  return values;
}

}  // namespace

TEST_CASE("a linear map is found again from what it gives, however the rows come") {
  constexpr std::size_t rows = 1000, inputs = 3, outputs = 2;
  const std::vector<float> weights{1.0F, -2.0F, 0.5F, 0.0F, -1.5F, 3.0F}, bias{4.0F, -0.25F};
  const std::vector<float> x = random_values(rows * inputs, 1);
  std::vector<float> y;
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t j = 0; j < outputs; ++j) {
      float sum = bias[j];
      for (std::size_t i = 0; i < inputs; ++i) sum += x[row * inputs + i] * weights[i * outputs + j];
      y.push_back(sum);
    }
  LinearFit fit(inputs, outputs);
  const std::span<const float> all_x(x), all_y(y);
  fit.add(all_x.first(inputs * 10), all_y.first(outputs * 10));
  fit.add(all_x.subspan(inputs * 10), all_y.subspan(outputs * 10));
  const LinearMap map = fit.map();
  for (std::size_t i = 0; i < weights.size(); ++i) CHECK(map.weights[i] == Approx(weights[i]).margin(0.005));
  for (std::size_t i = 0; i < bias.size(); ++i) CHECK(map.bias[i] == Approx(bias[i]).margin(0.005));
}

TEST_CASE("what inputs cannot say is the mean") {
  const std::vector<float> x{1.0F, 1.0F, 1.0F, 1.0F}, y{1.0F, 2.0F, 4.0F, 5.0F};
  LinearFit fit(1, 1);
  fit.add(x, y);
  const LinearMap map = fit.map();
  CHECK(map.weights[0] == Approx(0.0).margin(1e-6));
  CHECK(map.bias[0] == Approx(3.0));
}

TEST_CASE("inputs that say the same share what they say") {
  const std::vector<float> one = random_values(100, 2);
  std::vector<float> both, y;
  for (const float value : one) {
    both.insert(both.end(), {value, value});
    y.push_back(2.0F * value);
  }
  LinearFit fit(2, 1);
  fit.add(both, y);
  const LinearMap map = fit.map();
  CHECK(map.weights[0] == Approx(1.0).epsilon(0.01));
  CHECK(map.weights[1] == Approx(1.0).epsilon(0.01));
}

TEST_CASE("the variance is that about the mean of each column") {
  // Columns 1, 3 and 10, 10: squares about the means 1, 1, 0, 0.
  LinearFit fit(1, 2);
  fit.add(std::vector{0.0F, 0.5F}, std::vector{1.0F, 10.0F, 3.0F, 10.0F});
  CHECK(fit.variance() == Approx(0.5));
}

TEST_CASE("numbers far from 0 that differ little lose nothing of their differences") {
  constexpr float far = 5000.0F;
  std::vector<float> x, y;
  for (const float value : random_values(4000, 3)) {
    x.push_back(far + value);
    y.push_back(0.5F * (far + value));
  }
  LinearFit fit(1, 1);
  fit.add(x, y);
  CHECK(fit.variance() == Approx(0.25 / 3.0).epsilon(0.03));
  CHECK(fit.map().weights[0] == Approx(0.5).epsilon(0.01));
  CHECK(fit.map().bias[0] + far * fit.map().weights[0] == Approx(0.5F * far).epsilon(1e-5));
}

TEST_CASE("a column that never changes has no variance, nor has one that rounding changes") {
  for (const float level : {0.1F, 5.9F, 1e6F}) {
    std::vector<float> y(1000, level);
    LinearFit same(1, 1), rounded(1, 1);
    same.add(random_values(1000, 4), y);
    CHECK(same.variance() == 0.0);
    for (std::size_t i = 0; i < y.size(); i += 2) y[i] = std::nextafter(level, 0.0F);
    rounded.add(random_values(1000, 4), y);
    CHECK(rounded.variance() == 0.0);
  }
}
