// When a difference between errors of the same samples counts.
#include "passes/quantize/calibrate/activation_noise.hpp"

#include <catch2/catch.hpp>

using namespace mote;

TEST_CASE("Smaller errors count when they are smaller throughout, not when one sample makes the difference") {
  CHECK(is_less_on_average({2.0, 3.0, 4.0, 5.0}, {1.0, 2.1, 2.9, 4.0}));
  CHECK_FALSE(is_less_on_average({2.0, 3.0, 4.0, 50.0}, {2.1, 3.1, 4.1, 5.0}));
  CHECK_FALSE(is_less_on_average({2.0, 3.0}, {2.0, 3.0}));
  CHECK_FALSE(is_less_on_average({1.0, 2.0}, {2.0, 3.0}));
}
