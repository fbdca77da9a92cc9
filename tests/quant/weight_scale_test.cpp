#include <catch2/catch.hpp>
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
