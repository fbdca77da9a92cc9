#include "lib/quant/noise.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

using namespace mote;

TEST_CASE("signal to noise is the ratio of their powers over everything added") {
  const std::array exact{3.0F, 4.0F}, disturbed{3.5F, 4.0F}, zeros{0.0F, 0.0F};
  SignalToNoise noise;
  CHECK_FALSE(noise.decibels());
  noise.add(exact, exact);
  CHECK_FALSE(noise.decibels());
  noise.add(exact, disturbed);
  CHECK(*noise.decibels() == Approx(10.0 * std::log10(50.0 / 0.25)));
  SignalToNoise other;
  other.add(zeros, exact);
  other.add(noise);
  CHECK(*other.decibels() == Approx(10.0 * std::log10(50.0 / 25.25)));
}

TEST_CASE("noise without any signal has a ratio that is finite") {
  const std::array zeros{0.0F}, ones{1.0F};
  SignalToNoise noise;
  noise.add(zeros, ones);
  CHECK(std::isfinite(*noise.decibels()));
  CHECK(*noise.decibels() < -1000.0);
}
