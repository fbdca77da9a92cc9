#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "lib/quant/grid.hpp"

using namespace mote;

TEST_CASE("An 8-bit activation grid spans the range in 255 levels and holds 0 exactly") {
  const Grid grid = activation_grid(-1.0, 3.0, 8);
  CHECK(grid.scale == Approx(4.0 / 254.0));
  CHECK(grid.stored() == DType::s8);
  CHECK(grid.low() == Approx(-1.0).margin(static_cast<double>(grid.scale) * 0.501));
  CHECK(grid.high() == Approx(3.0).margin(static_cast<double>(grid.scale) * 0.501));
  CHECK(grid.real(grid.level(0.0)) == 0.0);
}

TEST_CASE("A range that excludes 0 is widened to contain it: the lowest level of a ReLU is 0") {
  const Grid grid = activation_grid(0.5, 2.0, 8);
  CHECK(grid.zero_point == -127);
  CHECK(grid.low() == 0.0);
  CHECK(activation_grid(-2.0, -0.5, 8).zero_point == 127);
}

TEST_CASE("A 16-bit grid is symmetric") {
  const Grid grid = activation_grid(-1.0, 3.0, 16);
  CHECK(grid.zero_point == 0);
  CHECK(grid.stored() == DType::s16);
  CHECK(grid.high() == Approx(3.0));
}

TEST_CASE("Levels round halves to even, saturate, and take NaN for zero") {
  const Grid grid{.scale = 0.5F, .zero_point = 10, .lowest = -128, .highest = 127};
  CHECK(grid.level(0.25) == 10);
  CHECK(grid.level(0.75) == 12);
  CHECK(grid.level(0.26) == 11);
  CHECK(grid.level(1e9) == 127);
  CHECK(grid.level(-std::numeric_limits<double>::infinity()) == -128);
  CHECK(grid.level(std::nan("")) == 10);
}

TEST_CASE("A constant 0 still gets a usable grid") {
  const Grid grid = activation_grid(0.0, 0.0, 8);
  CHECK(std::isnormal(grid.scale));
  CHECK(grid.real(grid.level(0.0)) == 0.0);
}

TEST_CASE("An unsigned grid means the same reals after it has become signed") {
  const Grid unsigned_grid{.scale = 0.1F, .zero_point = 30, .lowest = 0, .highest = 255};
  const Grid grid = signed_grid(unsigned_grid);
  CHECK(grid.stored() == DType::s8);
  CHECK(grid.zero_point == -98);
  CHECK(grid.low() == unsigned_grid.low());
  CHECK(grid.high() == unsigned_grid.high());
  CHECK(signed_grid(grid) == grid);
}
