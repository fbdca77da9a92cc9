#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "lib/quant/channel_multipliers.hpp"

using namespace mote;

TEST_CASE("Factors below one half need no shift and are exact to 2^-33") {
  const auto found = channel_multipliers(std::vector<double>{0.3, 1e-3});
  REQUIRE(found);
  CHECK(found->accumulator_shift == 0);
  CHECK(std::abs(found->factor(0) - 0.3) <= std::ldexp(1.0, -33));
  CHECK(std::abs(found->factor(1) - 1e-3) <= std::ldexp(1.0, -33));
}

TEST_CASE("The largest factor decides the shift of all") {
  const auto found = channel_multipliers(std::vector<double>{3.0, 0.25});
  REQUIRE(found);
  CHECK(found->accumulator_shift == 3);
  CHECK(found->factor(0) == Approx(3.0));
  CHECK(found->factor(1) == Approx(0.25));
}

TEST_CASE("A factor beyond every shift is refused") {
  CHECK_FALSE(channel_multipliers(std::vector<double>{1e10}).has_value());
  CHECK_FALSE(channel_multipliers(std::vector<double>{std::nan("")}).has_value());
}
