#include "math_f32.hpp"

#include <limits>

#include "float_check.hpp"
#include "ulp.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using FloatFunction = float (*)(float);
using DoubleFunction = double (*)(double);

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

struct Worst {
  double ulp = 0.0;
  float at = 0.0f;
};

Worst worst_of(FloatFunction function, DoubleFunction exact, uint32_t step) {
  Worst worst;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += step) {
    const float x = float_of(static_cast<uint32_t>(bits));
    const double distance = distance_in_ulp(function(x), exact(static_cast<double>(x)));
    if (distance > worst.ulp) worst = Worst{distance, x};
  }
  return worst;
}

struct Promise {
  const char* name;
  FloatFunction function;
  DoubleFunction exact;
  double ulp;
};

// The bounds that math_f32.hpp states.
const Promise promises[] = {
    {"exp", exp_f32, std::exp, 0.9},
    {"log", log_f32, std::log, 0.9},
    {"tanh", tanh_f32, std::tanh, 1.4},
    {"sigmoid", sigmoid_f32, sigmoid, 1.9},
    {"erf", erf_f32, std::erf, 1.5},
    {"sqrt", sqrt_f32, std::sqrt, 0.5},
    {"floor", floor_f32, std::floor, 0},
    {"ceil", ceil_f32, std::ceil, 0},
    {"round", round_half_even_f32, std::nearbyint, 0},
};

void check_promises(uint32_t step) {
  for (const Promise& promise : promises) {
    const Worst worst = worst_of(promise.function, promise.exact, step);
    INFO(promise.name << "(" << worst.at << ")");
    CHECK(worst.ulp <= promise.ulp);
    if (step == 1) WARN(promise.name << ": largest error " << worst.ulp << " ulp at " << worst.at);
  }
}

}  // namespace

TEST_CASE("elementary functions keep their error bounds on a comb over all floats") { check_promises(4099); }

TEST_CASE("elementary functions keep their error bounds on every float", "[.exhaustive]") { check_promises(1); }

TEST_CASE("the square root by digits is the square root of the machine") {
  for (uint64_t bits = 1; bits < 0x7f800000u; bits += 40009) {
    const float x = float_of(static_cast<uint32_t>(bits));
    REQUIRE(sqrt_by_digits_f32(x) == std::sqrt(x));
  }
}

TEST_CASE("elementary functions have defined results at the edges") {
  CHECK(exp_f32(0.0f) == 1.0f);
  CHECK(exp_f32(infinity) == infinity);
  CHECK(exp_f32(-infinity) == 0.0f);
  CHECK(exp_f32(-103.0f) == float_of(1));
  CHECK(log_f32(1.0f) == 0.0f);
  CHECK(log_f32(0.0f) == -infinity);
  CHECK(log_f32(infinity) == infinity);
  CHECK(bit_pattern(log_f32(-1.0f)) == 0x7fc00000u);
  CHECK(tanh_f32(infinity) == 1.0f);
  CHECK(tanh_f32(-infinity) == -1.0f);
  CHECK(bit_pattern(tanh_f32(-0.0f)) == 0x80000000u);
  CHECK(sigmoid_f32(infinity) == 1.0f);
  CHECK(sigmoid_f32(-infinity) == 0.0f);
  CHECK(erf_f32(-infinity) == -1.0f);
  CHECK(bit_pattern(sqrt_f32(-0.0f)) == 0x80000000u);
  CHECK(sqrt_f32(infinity) == infinity);
  CHECK(bit_pattern(sqrt_f32(-1.0f)) == 0x7fc00000u);
  CHECK(bit_pattern(ceil_f32(-0.7f)) == 0x80000000u);
  for (const Promise& promise : promises) {
    INFO(promise.name);
    CHECK(std::isnan(promise.function(not_a_number)));
  }
}

}  // namespace mote::test
