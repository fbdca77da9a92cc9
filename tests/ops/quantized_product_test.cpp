// The integer products with constant weights: hand-computed values, and the proofs at their limits.
#include <limits>

#include <catch2/catch.hpp>

#include "lib/ops/interval.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using ops::Interval;

namespace {

using Extents = std::vector<std::int64_t>;
constexpr std::int32_t half = 1 << 30;  // as a multiplier a quarter, as 2^30 / 2^32
constexpr std::int32_t greatest = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();

Tensor s8(Extents extents, const std::vector<std::int8_t>& values) {
  return tensor(DType::s8, std::move(extents), values);
}
Tensor s16(Extents extents, const std::vector<std::int16_t>& values) {
  return tensor(DType::s16, std::move(extents), values);
}
Tensor s32(const std::vector<std::int32_t>& values) {
  return tensor(DType::s32, {static_cast<std::int64_t>(values.size())}, values);
}

// One input times one weight: the smallest operator whose proof can fail.
Result<std::vector<Tensor>> single_product(const Tensor& x, std::int8_t weight, std::int32_t bias,
                                           const Attrs& attrs = {}) {
  return run("QuantizedDense", attrs, {x, s8({1, 1}, {weight}), s32({bias}), s32({half})}, 1, {1, 2, 3});
}

void check_overflow(const Result<std::vector<Tensor>>& result) {
  REQUIRE_FALSE(result);
  INFO(render(result.error()));
  CHECK(result.error().code == Code::integer_overflow);
  CHECK(result.error().message.find("accumulator of output channel 0") != std::string::npos);
}

}  // namespace

TEST_CASE("QuantizedDense scales its sums with one multiply-high that rounds down") {
  const Tensor x = s8({2, 2}, {3, -4, -3, 4});
  const Tensor w = s8({2, 2}, {5, 1, 6, 2});
  // Sums with bias: 15-24+2, 3-8, and -15+24+2, -3+8.
  const Tensor bias = s32({2, 0}), multiplier = s32({half, half});
  const Tensor y = run_one("QuantizedDense", {}, {x, w, bias, multiplier}, {1, 2, 3});
  CHECK(elements<std::int8_t>(y) ==
        std::vector<std::int8_t>{-2, -2, 2, 1});  // a quarter of -7, -5, 11, 5, rounded down
  const Tensor shifted =
      run_one("QuantizedDense", {{"accumulator_shift", std::int64_t{2}}}, {x, w, bias, multiplier}, {1, 2, 3});
  CHECK(elements<std::int8_t>(shifted) == std::vector<std::int8_t>{-7, -5, 11, 5});
  const Attrs clamped{
      {"accumulator_shift", std::int64_t{2}}, {"lowest", std::int64_t{-6}}, {"highest", std::int64_t{7}}};
  CHECK(elements<std::int8_t>(run_one("QuantizedDense", clamped, {x, w, bias, multiplier}, {1, 2, 3})) ==
        std::vector<std::int8_t>{-6, -5, 7, 5});
}

TEST_CASE("a residual joins before the rounding, with its own multiplier") {
  const Tensor x = s8({1, 1}, {5}), w = s8({1, 1}, {1}), residual = s8({1, 1}, {-6});
  // 5 / 4 - 6 * 2^8 * 2^22 / 2^32 = 1.25 - 1.5
  const Attrs attrs{{"residual_multiplier", std::int64_t{1} << 22}};
  const Tensor y = run_one("QuantizedDense", attrs, {x, w, s32({0}), s32({half}), residual}, {1, 2, 3});
  CHECK(elements<std::int8_t>(y) == std::vector<std::int8_t>{-1});
}

TEST_CASE("QuantizedConv2d reads pad_value outside of the input") {
  const Tensor x = s8({1, 1, 2, 1}, {10, 20}), w = s8({1, 3, 1, 1}, {1, 2, 4});
  const Attrs attrs{
      {"pads", Extents{0, 1, 0, 1}}, {"pad_value", std::int64_t{-3}}, {"accumulator_shift", std::int64_t{2}}};
  const Tensor y = run_one("QuantizedConv2d", attrs, {x, w, s32({0}), s32({half})}, {1, 2, 3});
  CHECK(elements<std::int8_t>(y) == std::vector<std::int8_t>{-3 + 20 + 80, 10 + 40 - 12});
}

TEST_CASE("QuantizedDepthwiseConv2d keeps channels apart and writes 16 bits when asked") {
  const Tensor x = s16({1, 1, 1, 2}, {1000, -2000}), w = s8({1, 1, 2}, {3, 5});
  const Attrs attrs{{"output_bits", std::int64_t{16}}, {"accumulator_shift", std::int64_t{2}}};
  const Tensor y = run_one("QuantizedDepthwiseConv2d", attrs, {x, w, s32({7, 0}), s32({half, half})}, {1, 2, 3});
  CHECK(elements<std::int16_t>(y) == std::vector<std::int16_t>{3007, -10000});
}

TEST_CASE("an accumulator is accepted up to the limits of 32 bits and not one further") {
  const Tensor x = s8({1, 1}, {0});
  CHECK(single_product(x, 1, greatest - 127));
  check_overflow(single_product(x, 1, greatest - 126));
  CHECK(single_product(x, 1, least + 128));
  check_overflow(single_product(x, 1, least + 127));
  // A negative weight turns the ends around.
  CHECK(single_product(x, -1, greatest - 128));
  check_overflow(single_product(x, -1, greatest - 127));
  const Tensor wide = s16({1, 1}, {0});
  CHECK(single_product(wide, -128, greatest - 128 * 32768));
  check_overflow(single_product(wide, -128, greatest - 128 * 32768 + 1));
}

TEST_CASE("the shift of the accumulator is part of the proof") {
  const Tensor x = s8({1, 1}, {0});
  const Attrs by_four{{"accumulator_shift", std::int64_t{2}}};
  CHECK(single_product(x, 1, (greatest >> 2) - 127, by_four));
  check_overflow(single_product(x, 1, (greatest >> 2) - 126, by_four));
}

TEST_CASE("taps in the padding are part of the proof") {
  // The input alone could reach +-128 * 127; only its type bounds it, so pad_value inside the type changes nothing.
  const Tensor x = s8({1, 1, 1, 1}, {0}), w = s8({1, 3, 1, 1}, {127, 127, 127});
  const Attrs padded{{"pads", Extents{0, 1, 0, 1}}, {"pad_value", std::int64_t{-128}}};
  const auto with_bias = [&](std::int32_t bias) {
    return run("QuantizedConv2d", padded, {x, w, s32({bias}), s32({half})}, 1, {1, 2, 3});
  };
  CHECK(with_bias(least + 3 * 127 * 128));
  check_overflow(with_bias(least + 3 * 127 * 128 - 1));
}

TEST_CASE("malformed integer products are refused") {
  const Tensor x = s8({1, 1}, {0}), w = s8({1, 1}, {1}), bias = s32({0}), multiplier = s32({half});
  const auto refused = [&](const Attrs& attrs, const std::vector<Tensor>& operands) {
    return rejection("QuantizedDense", attrs, operands, 1, {1, 2, 3});
  };
  CHECK(refused({}, {floats({1, 1}, {0}), w, bias, multiplier}) == Code::unsupported_type);
  CHECK(refused({}, {x, s16({1, 1}, {1}), bias, multiplier}) == Code::unsupported_type);
  CHECK(refused({}, {x, w, s32({0, 0}), multiplier}) == Code::shape_mismatch);
  CHECK(refused({}, {x, w, bias, s32({-1})}) == Code::attribute_range);
  CHECK(refused({}, {x, w, bias, multiplier, s8({1, 2}, {0, 0})}) == Code::shape_mismatch);
  CHECK(refused({{"output_bits", std::int64_t{12}}}, {x, w, bias, multiplier}) == Code::attribute_range);
  CHECK(refused({{"lowest", std::int64_t{5}}, {"highest", std::int64_t{4}}}, {x, w, bias, multiplier}) ==
        Code::attribute_range);
  CHECK(refused({{"highest", std::int64_t{128}}}, {x, w, bias, multiplier}) == Code::attribute_range);
  CHECK(rejection("QuantizedDense", {}, {x, w, bias, multiplier}, 1, {2, 3}) == Code::needs_constant);
  CHECK(rejection("QuantizedConv2d", {{"pad_value", std::int64_t{128}}},
                  {s8({1, 1, 1, 1}, {0}), s8({1, 1, 1, 1}, {1}), bias, multiplier}, 1,
                  {1, 2, 3}) == Code::attribute_range);
}

TEST_CASE("intervals never wrap: a bound that is lost stays lost") {
  constexpr std::int64_t big = std::int64_t{1} << 62;
  CHECK(Interval{-2, 3} * Interval{-5, 7} == Interval{-15, 21});
  CHECK(Interval{-2, 3} + Interval{-5, 7} == Interval{-7, 10});
  const Interval lost = Interval{-big, big} * Interval{-4, 4};
  CHECK(lost == Interval{Interval::minus_infinity, Interval::infinity});
  CHECK(lost + Interval{big, big} == lost);
  CHECK(lost * ops::point(0) == ops::point(0));
}
