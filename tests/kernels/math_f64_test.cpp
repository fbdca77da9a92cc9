#include "math_f64.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

namespace mote::test {
namespace {

using mote_kernels::bits_of_f64;
using mote_kernels::exp_f64;
using mote_kernels::f64_of;
using mote_kernels::log_f64;
using mote_kernels::sqrt_f64;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Units in the last place of the true value, which the host's long double knows.
double distance_in_ulp(double actual, long double exact) {
  const int exponent = std::max(std::ilogb(static_cast<double>(exact)), -1022);
  return static_cast<double>(std::fabs(static_cast<long double>(actual) - exact) / std::ldexp(1.0L, exponent - 52));
}

double any_positive(std::mt19937_64& random) { return f64_of(random() % 0x7ff0000000000000u); }

}  // namespace

TEST_CASE("exp_f64 stays within one unit in the last place") {
  std::mt19937_64 random(1);
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const double x = std::uniform_real_distribution<double>(-700, 700)(random);
    worst = std::max(worst, distance_in_ulp(exp_f64(x), std::exp(static_cast<long double>(x))));
    const double small = std::uniform_real_distribution<double>(-1, 1)(random);
    worst = std::max(worst, distance_in_ulp(exp_f64(small), std::exp(static_cast<long double>(small))));
  }
  CHECK(worst <= 1.0);
}

TEST_CASE("log_f64 stays within one unit in the last place") {
  std::mt19937_64 random(2);
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const double x = any_positive(random);
    worst = std::max(worst, distance_in_ulp(log_f64(x), std::log(static_cast<long double>(x))));
    const double near_one = std::uniform_real_distribution<double>(0.6, 1.6)(random);
    worst = std::max(worst, distance_in_ulp(log_f64(near_one), std::log(static_cast<long double>(near_one))));
  }
  CHECK(worst <= 1.0);
}

TEST_CASE("sqrt_f64 is correctly rounded") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200000; ++i) {
    const double x = any_positive(random);
    if (bits_of_f64(sqrt_f64(x)) != bits_of_f64(std::sqrt(x))) FAIL("sqrt of " << std::hexfloat << x);
  }
  for (const double x : {5e-324, 2.2250738585072009e-308, 1.0, 4.0, 1.7976931348623157e308})
    CHECK(bits_of_f64(sqrt_f64(x)) == bits_of_f64(std::sqrt(x)));
}

TEST_CASE("double precision functions treat special values as C does") {
  CHECK(exp_f64(0.0) == 1.0);
  CHECK(exp_f64(infinity) == infinity);
  CHECK(exp_f64(-infinity) == 0.0);
  CHECK(exp_f64(709.782712893384) == Approx(std::exp(709.782712893384)));
  CHECK(exp_f64(709.79) == infinity);
  CHECK(exp_f64(-745.0) == 5e-324);
  CHECK(exp_f64(-746.0) == 0.0);
  CHECK(log_f64(1.0) == 0.0);
  CHECK(log_f64(0.0) == -infinity);
  CHECK(log_f64(infinity) == infinity);
  CHECK(log_f64(5e-324) == std::log(5e-324));
  CHECK(std::signbit(sqrt_f64(-0.0)));
  CHECK(sqrt_f64(infinity) == infinity);
  for (const double result : {exp_f64(not_a_number), log_f64(not_a_number), log_f64(-1.0), sqrt_f64(not_a_number), sqrt_f64(-1.0)})
    CHECK(bits_of_f64(result) == 0x7ff8000000000000u);
}

}  // namespace mote::test
