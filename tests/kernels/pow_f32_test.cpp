#include "pow_f32.hpp"

#include <limits>

#include "float_check.hpp"
#include "ulp.hpp"

namespace mote::test {
namespace {

using mote_kernels::float_of;
using mote_kernels::pow_f32;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

double worst_near(std::mt19937& random, int count, float (*draw_x)(std::mt19937&), float (*draw_y)(std::mt19937&)) {
  double worst = 0.0;
  for (int i = 0; i < count; ++i) {
    const float x = draw_x(random), y = draw_y(random);
    worst = std::max(worst, distance_in_ulp(pow_f32(x, y), std::pow(static_cast<double>(x), static_cast<double>(y))));
  }
  return worst;
}

float any_positive(std::mt19937& random) { return float_of(static_cast<uint32_t>(random() % 0x7f800000u)); }
float any(std::mt19937& random) { return float_of(static_cast<uint32_t>(random())); }
float near_one(std::mt19937& random) { return float_of(0x3f7f0000u + static_cast<uint32_t>(random() % 0x20000u)); }
float moderate(std::mt19937& random) { return std::uniform_real_distribution<float>(-20.0f, 20.0f)(random); }
float large(std::mt19937& random) { return std::uniform_real_distribution<float>(-2e4f, 2e4f)(random); }
float small_integer(std::mt19937& random) { return static_cast<float>(static_cast<int>(random() % 41) - 20); }

}  // namespace

TEST_CASE("pow_f32 stays within 2 units in the last place") {
  std::mt19937 random(7);
  CHECK(worst_near(random, 100000, any_positive, moderate) <= 2.0);
  CHECK(worst_near(random, 100000, near_one, large) <= 2.0);
  CHECK(worst_near(random, 100000, any, any) <= 2.0);
  CHECK(worst_near(random, 100000, moderate, small_integer) <= 2.0);
}

TEST_CASE("pow_f32 is exact on powers of two and treats special values as C does") {
  for (int n = -149; n <= 127; ++n) CHECK(pow_f32(2.0f, static_cast<float>(n)) == std::ldexp(1.0f, n));
  const float values[] = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, 2.0f, -2.0f, 3.0f, -3.0f, infinity, -infinity};
  for (const float x : values)
    for (const float y : values) {
      INFO("pow(" << x << ", " << y << ")");
      CHECK(same_float(pow_f32(x, y), static_cast<float>(std::pow(static_cast<double>(x), static_cast<double>(y)))));
    }
  CHECK(pow_f32(not_a_number, 0.0f) == 1.0f);
  CHECK(pow_f32(1.0f, not_a_number) == 1.0f);
  CHECK(std::isnan(pow_f32(2.0f, not_a_number)));
  CHECK(std::isnan(pow_f32(not_a_number, 2.0f)));
}

}  // namespace mote::test
