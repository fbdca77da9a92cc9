#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "lib/quant/weight_scale.hpp"
#include "lib/support/rng.hpp"

using namespace mote;

TEST_CASE("Weights that were quantized before give their scale back") {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    const float scale = rng.real(1e-4F, 0.1F);
    std::vector<double> weights{static_cast<double>(127.0F * scale)};
    for (int i = 0; i < 20; ++i) weights.push_back(static_cast<double>(static_cast<float>(rng.integer(-127, 127)) * scale));
    weights.push_back(static_cast<double>(scale));  // no common factor
    const auto found = exact_weight_scale(weights);
    REQUIRE(found);
    CHECK(*found == Approx(static_cast<double>(scale)).epsilon(1e-6));
  }
}

TEST_CASE("A factor that all levels share belongs to the scale") {
  CHECK(*exact_weight_scale(std::vector<double>{2.0, -4.0, 6.0}) == Approx(2.0));
}

TEST_CASE("-128 is a level, +128 is none") {
  CHECK(exact_weight_scale(std::vector<double>{-128.0, 3.0, 1.0}).has_value());
  CHECK_FALSE(exact_weight_scale(std::vector<double>{128.0, 3.0, 1.0}).has_value());
}

TEST_CASE("Weights of a float network lie on no levels") {
  Rng rng(3);
  std::vector<double> weights;
  for (int i = 0; i < 9; ++i) weights.push_back(static_cast<double>(rng.real(-1.0F, 1.0F)));
  CHECK_FALSE(exact_weight_scale(weights).has_value());
  CHECK_FALSE(exact_weight_scale(std::vector<double>{0.0, 0.0}).has_value());
  CHECK(full_range_scale(std::vector<double>{0.5, -1.27}) == Approx(0.01));
}

TEST_CASE("Levels of four bits are -8..7 times a scale, and zeros") {
  CHECK(lie_on_levels(std::vector<double>{-0.8, 0.7, 0.1}, largest_weight_level_of_4_bits));
  CHECK_FALSE(lie_on_levels(std::vector<double>{-0.8, 0.8, 0.1}, largest_weight_level_of_4_bits));
  CHECK_FALSE(lie_on_levels(std::vector<double>{-0.9, 0.7, 0.1}, largest_weight_level_of_4_bits));
  CHECK(lie_on_levels(std::vector<double>{0.0, 0.0}, largest_weight_level_of_4_bits));
}

TEST_CASE("A searched scale cuts short what would coarsen all the rest, unless it matters more") {
  Rng rng(11);
  std::vector<double> weights{2.0}, alike(65, 1.0);
  for (int i = 0; i < 64; ++i) weights.push_back(static_cast<double>(rng.real(-1.0F, 1.0F)));
  const auto error = [&](double scale) {
    double sum = 0.0;
    for (const double weight : weights) {
      const double off = weight - scale * nearest_weight_level(weight, scale, 7.0);
      sum += off * off;
    }
    return sum;
  };
  const double full = full_range_scale(weights, 7.0), found = searched_scale(weights, alike, 7.0);
  CHECK(found < full);
  CHECK(found >= 0.4 * full);
  CHECK(error(found) < error(full));
  for (int step = 40; step <= 100; ++step) CHECK(error(found) <= error(full * step / 100) + 1e-6);
  alike[0] = 1e6;
  CHECK(searched_scale(weights, alike, 7.0) == Approx(full));
}

TEST_CASE("Weights are rounded channel by channel, once") {
  Rng rng(5);
  std::vector<float> weights;
  for (int i = 0; i < 60; ++i) weights.push_back(rng.real(-1.0F, 1.0F) * static_cast<float>(1 + i % 3));
  const std::vector<float> original = weights;
  round_to_levels(weights, 3, 7.0);
  CHECK(weights != original);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    std::vector<double> own;
    for (std::size_t i = channel; i < weights.size(); i += 3) {
      own.push_back(static_cast<double>(weights[i]));
      CHECK(std::abs(weights[i] - original[i]) < 0.3F * static_cast<float>(1 + channel));
    }
    CHECK(lie_on_levels(own, 7.0));
  }
  std::vector<float> again = weights;
  round_to_levels(again, 3, 7.0);
  CHECK(again == weights);
}
