// Recurrent layers of integers: hand-computed values, and the proofs at their limits.
#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Tensor s8(std::vector<std::int64_t> extents, const std::vector<std::int8_t>& values) {
  return tensor(DType::s8, std::move(extents), values);
}
Tensor s32(const std::vector<std::int32_t>& values) {
  return tensor(DType::s32, {static_cast<std::int64_t>(values.size())}, values);
}

// The value of a function is its level, halved if asked for.
Tensor straight(std::int64_t divisor = 1) {
  std::vector<std::int16_t> values;
  for (std::int64_t i = 0; i < 513; ++i)
    values.push_back(static_cast<std::int16_t>(std::clamp<std::int64_t>((i - 256) * 128 / divisor, -32767, 32767)));
  return tensor(DType::s16, {513}, values);
}

// Levels are sums: multipliers of 2^24 with a shift of 16 and a bias of 2^-8 of a level.
const Attrs plain{
    {"gate_shift", std::int64_t{16}}, {"output_multiplier", std::int64_t{1} << 30}, {"output_bits", std::int64_t{16}}};
constexpr std::int32_t one = 1 << 24;

Result<std::vector<Tensor>> rnn(const Attrs& attrs, std::int8_t w, std::int8_t r, std::int32_t bias,
                                const std::vector<std::int8_t>& x, std::int32_t state_multiplier = one) {
  const Tensor steps = s8({static_cast<std::int64_t>(x.size()), 1, 1}, x);
  return run(
      "QuantizedRnn", attrs,
      {steps, s8({1, 1, 1}, {w}), s8({1, 1, 1}, {r}), s32({bias}), s32({one}), s32({state_multiplier}), straight()}, 2,
      {1, 2, 3, 4, 5, 6});
}

}  // namespace

TEST_CASE("QuantizedRnn adds scaled sums and a bias of 2^-8, and rounds down") {
  const auto results = rnn(plain, 3, 2, 5 * 256 + 255, {10, 20});
  REQUIRE(results);
  // 30 + 5.99.. = 35; 60 + 70 + 5.99.. = 135.
  CHECK(elements<std::int16_t>((*results)[0]) == std::vector<std::int16_t>{35, 135});
  CHECK(elements<std::int16_t>((*results)[1]) == std::vector<std::int16_t>{135});
}

TEST_CASE("the sequence is rounded to its grid, the state is not") {
  Attrs attrs = plain;
  attrs["output_bits"] = std::int64_t{8};
  attrs["output_multiplier"] = std::int64_t{1} << 28;  // a quarter
  attrs["zero_point"] = std::int64_t{-10};
  attrs["highest"] = std::int64_t{20};
  const auto results = rnn(attrs, 3, 2, 5 * 256, {10, 20});
  REQUIRE(results);
  // 35 / 4 = 8.75 -> 9 - 10; 135 / 4 = 33.75 -> 34 - 10, limited.
  CHECK(elements<std::int8_t>((*results)[0]) == std::vector<std::int8_t>{-1, 20});
  CHECK(elements<std::int16_t>((*results)[1]) == std::vector<std::int16_t>{135});
}

TEST_CASE("between the entries of a table lie straight lines, beyond its ends its last values") {
  std::vector<std::int16_t> values(513, 0);
  values[257] = 1000;  // level 128
  const Tensor peak = tensor(DType::s16, {513}, values);
  const auto value_at = [&](std::int32_t level) {
    const auto results = run(
        "QuantizedRnn", plain,
        {s8({1, 1, 1}, {0}), s8({1, 1, 1}, {0}), s8({1, 1, 1}, {0}), s32({level * 256}), s32({one}), s32({one}), peak},
        1, {1, 2, 3, 4, 5, 6});
    REQUIRE(results);
    return elements<std::int16_t>((*results)[0])[0];
  };
  CHECK(value_at(128) == 1000);
  CHECK(value_at(64) == 500);
  CHECK(value_at(65) == 508);  // 507.8
  CHECK(value_at(192) == 500);
  CHECK(value_at(0) == 0);
  CHECK(value_at(1'000'000) == 0);
}

TEST_CASE("QuantizedLstm: f of the cell stays, i of the candidate comes, o of its function is given") {
  // i = 2^14, o = 2^14, f = 2^13 and candidate 2^13 by their biases; c0 = 8192 in 2^-14.
  const std::vector<std::int32_t> biases{16384 * 256, 16384 * 256, 8192 * 256, 8192 * 256};
  const std::vector<std::int32_t> none{0, 0, 0, 0};
  std::vector<std::int16_t> shares;
  for (std::int64_t i = 0; i < 513; ++i)
    shares.push_back(static_cast<std::int16_t>(std::clamp<std::int64_t>((i - 256) * 128, 0, 32767)));
  Attrs attrs = plain;
  attrs["cell_bits"] = std::int64_t{14};
  attrs["cell_shift"] = std::int64_t{1};
  const auto results =
      run("QuantizedLstm", attrs,
          {s8({1, 1, 1}, {0}), s8({1, 4, 1}, {0, 0, 0, 0}), s8({1, 4, 1}, {0, 0, 0, 0}), s32(biases), s32(none),
           s32(none), tensor(DType::s16, {513}, shares), straight(), straight(),
           tensor<std::int16_t>(DType::s16, {1, 1, 1}, {0}), tensor<std::int16_t>(DType::s16, {1, 1, 1}, {8192})},
          3, {1, 2, 3, 4, 5, 6, 7, 8});
  REQUIRE(results);
  // c' = 1/4 * 1/2 + 1/2 * 1/4 = 1/4 -> 4096 in 2^-14; as a level of h 8192, h' = 1/2 * 8192.
  CHECK(elements<std::int16_t>((*results)[2]) == std::vector<std::int16_t>{4096});
  CHECK(elements<std::int16_t>((*results)[1]) == std::vector<std::int16_t>{4096});
}

TEST_CASE("levels are accepted up to the limits of 32 bits and not beyond") {
  const std::int32_t greatest = 2147483647;
  // Without a state: 127 * 127 * 2^24 / 2^16 on top of the bias.
  const std::int32_t reach = 127 * 127 * 256;
  CHECK(rnn(plain, 127, 0, greatest - reach, {0}));
  const auto beyond = rnn(plain, 127, 0, greatest - reach + 1, {0});
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().code == Code::integer_overflow);
  // The state reaches 2^15 whatever the functions are.
  CHECK_FALSE(rnn(plain, 0, 127, 0, {0}, greatest));
}

TEST_CASE("malformed recurrent layers of integers are refused") {
  const Tensor x = s8({1, 1, 1}, {0}), w = s8({1, 1, 1}, {1}), bias = s32({0}), multiplier = s32({one});
  const auto refused = [&](const std::vector<Tensor>& operands) {
    return rejection("QuantizedRnn", plain, operands, 1, {1, 2, 3, 4, 5, 6});
  };
  CHECK(refused({floats({1, 1, 1}, {0}), w, w, bias, multiplier, multiplier, straight()}) == Code::unsupported_type);
  CHECK(refused({x, w, w, bias, multiplier, s32({-1}), straight()}) == Code::attribute_range);
  CHECK(refused({x, w, w, s32({0, 0}), multiplier, multiplier, straight()}) == Code::shape_mismatch);
  CHECK(refused({x, w, w, bias, multiplier, multiplier, s8({513}, std::vector<std::int8_t>(513))}) ==
        Code::unsupported_type);
  // Shares of something are not negative.
  const Tensor w3 = s8({1, 3, 1}, {1, 1, 1}), b3 = s32({0, 0, 0});
  CHECK(rejection("QuantizedGru", plain, {x, w3, w3, b3, b3, b3, straight(), straight()}, 1, {1, 2, 3, 4, 5, 6, 7}) ==
        Code::attribute_range);
}
