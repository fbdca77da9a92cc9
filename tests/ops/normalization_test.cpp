#include <catch2/catch.hpp>
#include <cmath>

#include "quantized_normalize.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Reals = std::vector<float>;
using Integers = std::vector<std::int64_t>;

Tensor s32(Integers extents, const std::vector<std::int32_t>& values) {
  return tensor<std::int32_t>(DType::s32, std::move(extents), values);
}

void check_close(const Tensor& tensor, const Reals& expected) {
  const auto found = elements<float>(tensor);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(1e-5));
}

}  // namespace

TEST_CASE("LayerNormalization gives every row mean 0 and variance 1, then scales and shifts") {
  const Attrs exact{{"epsilon", 0.0F}};
  const Tensor x = floats({2, 2}, {1, 3, 10, 30});
  check_close(run_one("LayerNormalization", exact, {x, floats({2}, {1, 1})}), {-1, 1, -1, 1});
  check_close(run_one("LayerNormalization", exact, {x, floats({2}, {2, 3}), floats({2}, {5, 7})}), {3, 10, 3, 10});
}

TEST_CASE("LayerNormalization normalizes from its axis on and can give its statistics") {
  const auto results = run("LayerNormalization", {{"epsilon", 0.0F}, {"axis", std::int64_t{0}}},
                           {floats({2, 2}, {1, 3, 1, 3}), floats({2, 2}, {1, 1, 1, 1})}, 3);
  REQUIRE(results);
  check_close((*results)[0], {-1, 1, -1, 1});
  check_close((*results)[1], {2});
  check_close((*results)[2], {1});
}

TEST_CASE("a scale and a bias of different shapes are applied one after the other") {
  const Tensor y = run_one("LayerNormalization", {{"epsilon", 0.0F}}, {floats({1, 2}, {1, 3}), floats({2}, {2, 4}), floats({1}, {1})});
  check_close(y, {-1, 5});
}

TEST_CASE("InstanceNormalization and GroupNormalization look at one channel and at several") {
  const Tensor x = floats({1, 2, 2}, {0, 2, 10, 30});
  const Tensor scale = floats({2}, {1, 2}), bias = floats({2}, {0, 1});
  check_close(run_one("InstanceNormalization", {{"epsilon", 0.0F}}, {x, scale, bias}), {-1, 1, -1, 3});
  const Attrs one{{"num_groups", std::int64_t{1}}, {"epsilon", 0.0F}};
  const Tensor flat = floats({1, 2, 2}, {1, 1, 3, 3});
  check_close(run_one("GroupNormalization", one, {flat, scale, bias}), {-1, -1, 3, 3});                        // per channel
  check_close(run_one("GroupNormalization", one, {flat, floats({1}, {2}), floats({1}, {1})}), {-1, -1, 3, 3});  // per group
}

TEST_CASE("norms: the root of the mean square, L1 and L2, and zeros") {
  check_close(run_one("RMSNormalization", {{"epsilon", 0.0F}}, {floats({2}, {1, 7}), floats({2}, {5, 5})}), {1, 7});
  check_close(run_one("LpNormalization", {}, {floats({2, 2}, {3, 4, 0, 0})}), {0.6F, 0.8F, 0, 0});
  check_close(run_one("LpNormalization", {{"p", std::int64_t{1}}}, {floats({2}, {1, -3})}), {0.25F, -0.75F});
}

TEST_CASE("LRN divides by what neighbouring channels hold") {
  const Attrs attrs{{"size", std::int64_t{3}}, {"alpha", 3.0F}, {"beta", 0.5F}, {"bias", 0.0F}};
  check_close(run_one("LRN", attrs, {floats({1, 3, 1}, {3, 4, 12})}), {0.6F, 4.0F / 13.0F, 12.0F / std::sqrt(160.0F)});
}

TEST_CASE("Hardmax marks the first maximum") {
  check_close(run_one("Hardmax", {}, {floats({2, 3}, {1, 5, 5, 2, 1, 0})}), {0, 1, 0, 1, 0, 0});
  Attrs before{};
  find_op("Hardmax")->adapt(11, before);
  check_close(run_one("Hardmax", before, {floats({1, 2, 2}, {0, 1, 9, 9})}), {0, 0, 1, 0});
}

TEST_CASE("normalizations refuse parameters that do not fit, and other types") {
  const Tensor x = counting({1, 4, 2}), two = counting({2}), four = counting({4});
  CHECK(rejection("InstanceNormalization", {}, {x, two, two}) == Code::shape_mismatch);
  CHECK(rejection("GroupNormalization", {{"num_groups", std::int64_t{3}}}, {x, four, four}) == Code::shape_mismatch);
  CHECK(rejection("LayerNormalization", {}, {x, four}) == Code::shape_mismatch);
  CHECK(rejection("LayerNormalization", {}, {integers({2}, {1, 2}), two}) == Code::unsupported_type);
}

TEST_CASE("the reciprocal root is exact to 2^-29, for squares of every size") {
  Rng rng(29);
  for (int round = 0; round < 20000; ++round) {
    const std::uint64_t square = (static_cast<std::uint64_t>(rng.next()) << 32U | rng.next()) >> rng.integer(0, 63);
    if (square == 0) continue;
    const auto found = mote_kernels::reciprocal_root(square);
    const double value = std::ldexp(static_cast<double>(found.mantissa), found.exponent - 62);
    CHECK(std::abs(value * std::sqrt(static_cast<double>(square)) - 1.0) < 0x1p-29);
  }
}

TEST_CASE("integer roots are the floor, next to squares as elsewhere") {
  for (const std::uint64_t root : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{46341}, std::uint64_t{0xFFFFFFFF}}) {
    CHECK(mote_kernels::integer_root(root * root) == root);
    if (root > 0) CHECK(mote_kernels::integer_root(root * root - 1) == root - 1);
    if (root > 0) CHECK(mote_kernels::integer_root(root * root + root) == root);
  }
  CHECK(mote_kernels::integer_root(~std::uint64_t{0}) == 0xFFFFFFFF);
}

TEST_CASE("quantized rows: the level of the normalized element, whatever the zero point; equal elements give the shift") {
  const Attrs attrs{{"axes", Integers{1}}};
  // Factor 10 levels, shift 3 levels and a half for the rounding.
  const Tensor multiplier = s32({1, 1}, {10 * 65536}), offset = s32({1, 1}, {3 * 256 + 128});
  const Tensor x = tensor<std::int8_t>(DType::s8, {3, 2}, {-128, 127, 50, 52, 7, 7});
  const Tensor y = run_one("QuantizedNormalize", attrs, {x, multiplier, offset}, {1, 2});
  CHECK(elements<std::int8_t>(y) == std::vector<std::int8_t>{-7, 13, -7, 13, 3, 3});
}

TEST_CASE("rows whose squares could leave their type are refused") {
  const Attrs attrs{{"axes", Integers{1}}};
  const Tensor multiplier = s32({1, 1}, {1}), offset = s32({1, 1}, {0});
  const Tensor wide = Tensor::zeros(DType::s16, *Shape::make({1, 40000}));
  CHECK(rejection("QuantizedNormalize", attrs, {wide, multiplier, offset}, 1, {1, 2}) == Code::integer_overflow);
  const Tensor long_row = Tensor::zeros(DType::s8, *Shape::make({1, 300000}));
  CHECK(rejection("QuantizedNormalize", attrs, {long_row, multiplier, offset}, 1, {1, 2}) == Code::integer_overflow);
}
