#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Floats = std::vector<float>;
using Integers = std::vector<std::int64_t>;

namespace {

Integers of_integers(std::string_view op, const Integers& a, const Integers& b, const Attrs& attrs = {}) {
  const auto count = static_cast<std::int64_t>(a.size());
  return elements<std::int64_t>(run_one(op, attrs, {integers({count}, a), integers({count}, b)}));
}

Integers integers_to_reals(const Integers& a, const Floats& exponents) {
  const auto count = static_cast<std::int64_t>(a.size());
  return elements<std::int64_t>(run_one("Pow", {}, {integers({count}, a), floats({count}, exponents)}));
}

const Attrs sign_of_dividend{{"fmod", std::int64_t{1}}};

}  // namespace

TEST_CASE("Pow of floats, also with integer exponents") {
  CHECK(elements<float>(run_one("Pow", {}, {floats({4}, {2, 9, 2, -2}), floats({4}, {10, 0.5F, -1, 3})})) ==
        Floats{1024, 3, 0.5F, -8});
  CHECK(elements<float>(run_one("Pow", {}, {floats({2}, {3, -2}), integers({2}, {4, 3})})) == Floats{81, -8});
  CHECK(std::isnan(elements<float>(run_one("Pow", {}, {floats({1}, {-2}), floats({1}, {0.5F})})).front()));
}

TEST_CASE("squares are one rounded multiplication") {
  const float x = 1.0000001F;
  CHECK(elements<float>(run_one("Pow", {}, {floats({1}, {x}), floats({}, {2})})).front() == x * x);
}

TEST_CASE("Pow of integers is exact, wraps, and of a negative exponent leaves only 1 and -1") {
  CHECK(of_integers("Pow", {3, -3, 2, 7}, {4, 3, 62, 0}) == Integers{81, -27, std::int64_t{1} << 62, 1});
  CHECK(of_integers("Pow", {2}, {64}) == Integers{0});
  CHECK(of_integers("Pow", {1, -1, -1, 2}, {-3, -3, -2, -1}) == Integers{1, -1, 1, 0});
}

TEST_CASE("integers to real powers are exact for whole exponents, else cut towards zero") {
  CHECK(integers_to_reals({1, 2, 3, 3}, {4, 5, 6, 30}) == Integers{1, 32, 729, 205891132094649});
  CHECK(integers_to_reals({9, 10, 2, 8}, {0.5F, 0.5F, -1, 1.5F}) == Integers{3, 3, 0, 22});
  CHECK(integers_to_reals({-8, 0, 2}, {0.5F, 0.5F, 1000.5F}) == Integers{0, 0, std::numeric_limits<std::int64_t>::max()});
}

TEST_CASE("Mod of integers has the sign of the divisor, with fmod = 1 that of the dividend") {
  const Integers a{7, -7, 7, -7, 6, 5}, b{3, 3, -3, -3, 3, 0};
  CHECK(of_integers("Mod", a, b) == Integers{1, 2, -2, -1, 0, 0});
  CHECK(of_integers("Mod", a, b, sign_of_dividend) == Integers{1, -1, 1, -1, 0, 0});
}

TEST_CASE("Mod of floats is the exact remainder, in both precisions") {
  const Floats a{7.5F, -7.5F, 1e30F, 3}, b{2, 2, 7, std::numeric_limits<float>::infinity()};
  const Floats remainders{1.5F, -1.5F, std::fmod(1e30F, 7.0F), 3};
  CHECK(elements<float>(run_one("Mod", sign_of_dividend, {floats({4}, a), floats({4}, b)})) == remainders);
  const Tensor doubles = run_one("Mod", sign_of_dividend, {tensor<double>(DType::f64, {2}, {1e300, -5.5}), tensor<double>(DType::f64, {2}, {3, 2})});
  CHECK(elements<double>(doubles) == std::vector<double>{std::fmod(1e300, 3.0), -1.5});
  CHECK(std::isnan(elements<float>(run_one("Mod", sign_of_dividend, {floats({1}, {1}), floats({1}, {0})})).front()));
}

TEST_CASE("powers and remainders that are not defined are refused") {
  CHECK(rejection("Mod", {}, {floats({1}, {1}), floats({1}, {2})}) == Code::attribute_range);
  CHECK(rejection("Pow", {}, {booleans({1}, {1}), floats({1}, {2})}) == Code::unsupported_type);
  CHECK(rejection("Mod", {}, {booleans({1}, {1}), booleans({1}, {1})}) == Code::unsupported_type);
}
