#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Floats = std::vector<float>;
using Bytes8 = std::vector<std::uint8_t>;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Tensor unsigned_bytes(std::vector<std::int64_t> extents, const Bytes8& elements) {
  return tensor<std::uint8_t>(DType::u8, std::move(extents), elements);
}
Tensor signed_bytes(std::vector<std::int64_t> extents, const std::vector<std::int8_t>& elements) {
  return tensor<std::int8_t>(DType::s8, std::move(extents), elements);
}

}  // namespace

TEST_CASE("QuantizeLinear rounds halves to even, adds the zero point and saturates") {
  const Tensor x = floats({7}, {1, 3, 5, -3, 1000, -1000, 0});
  const Tensor y = run_one("QuantizeLinear", {}, {x, floats({}, {2}), unsigned_bytes({}, {128})});
  CHECK(y.dtype == DType::u8);
  CHECK(elements<std::uint8_t>(y) == Bytes8{128, 130, 130, 126, 255, 0, 128});
  const Tensor z = run_one("QuantizeLinear", {}, {floats({3}, {-128.6F, 126.4F, 300}), floats({1}, {1}), signed_bytes({1}, {0})});
  CHECK(elements<std::int8_t>(z) == std::vector<std::int8_t>{-128, 126, 127});
}

TEST_CASE("QuantizeLinear has a defined result for infinities, NaN and a scale of 0") {
  const Tensor x = floats({3}, {infinity, -infinity, not_a_number});
  const Tensor zero = unsigned_bytes({}, {7});
  CHECK(elements<std::uint8_t>(run_one("QuantizeLinear", {}, {x, floats({}, {1}), zero})) == Bytes8{255, 0, 7});
  const Tensor y = run_one("QuantizeLinear", {}, {floats({2}, {1, 0}), floats({}, {0}), zero});
  CHECK(elements<std::uint8_t>(y) == Bytes8{255, 7});
}

TEST_CASE("a scale per index of an axis") {
  const Tensor x = floats({2, 2}, {10, 10, 20, 20});
  const Tensor scale = floats({2}, {1, 10});
  CHECK(elements<std::uint8_t>(run_one("QuantizeLinear", {}, {x, scale})) == Bytes8{10, 1, 20, 2});
  CHECK(elements<std::uint8_t>(run_one("QuantizeLinear", {{"axis", std::int64_t{-2}}}, {x, scale})) ==
        Bytes8{10, 10, 2, 2});
  const Tensor stored = unsigned_bytes({2, 2}, {5, 6, 7, 8});
  CHECK(elements<float>(run_one("DequantizeLinear", {}, {stored, scale, unsigned_bytes({2}, {5, 10})})) ==
        Floats{0, -40, 2, -20});
}

TEST_CASE("the element type of the result follows the zero point, then output_dtype, then is u8") {
  const Tensor x = floats({1}, {-40000});
  const Attrs as_s16{{"output_dtype", std::int64_t{5}}};
  CHECK(elements<std::int16_t>(run_one("QuantizeLinear", as_s16, {x, floats({}, {1})})) ==
        std::vector<std::int16_t>{-32768});
  CHECK(run_one("QuantizeLinear", {}, {x, floats({}, {1})}).dtype == DType::u8);
  CHECK(rejection("QuantizeLinear", as_s16, {x, floats({}, {1}), unsigned_bytes({}, {0})}) == Code::unsupported_type);
  CHECK(rejection("QuantizeLinear", {{"output_dtype", std::int64_t{17}}}, {x, floats({}, {1})}) ==
        Code::unsupported_type);
}

TEST_CASE("DequantizeLinear takes 32-bit integers, whose differences wrap") {
  const auto words = [](std::int32_t value) { return tensor<std::int32_t>(DType::s32, {}, {value}); };
  CHECK(elements<float>(run_one("DequantizeLinear", {}, {words(-6), floats({}, {0.5F})})) == Floats{-3});
  CHECK(elements<float>(run_one("DequantizeLinear", {}, {words(INT32_MIN), floats({}, {1}), words(1)})) ==
        Floats{2147483648.0F});
}

TEST_CASE("quantization refuses blocks, unfitting scales and other types") {
  const Tensor x = floats({2, 4}, Floats(8, 1.0F));
  CHECK(rejection("QuantizeLinear", {{"block_size", std::int64_t{2}}}, {x, floats({2, 2}, {1, 1, 1, 1})}) ==
        Code::unsupported_form);
  CHECK(rejection("QuantizeLinear", {}, {x, floats({2}, {1, 1})}) == Code::shape_mismatch);
  CHECK(rejection("QuantizeLinear", {{"axis", std::int64_t{2}}}, {x, floats({2}, {1, 1})}) == Code::attribute_range);
  CHECK(rejection("QuantizeLinear", {}, {x, floats({}, {1}), unsigned_bytes({4}, {0, 0, 0, 0})}) ==
        Code::shape_mismatch);
  CHECK(rejection("QuantizeLinear", {}, {x, integers({}, {1})}) == Code::unsupported_type);
  CHECK(rejection("DequantizeLinear", {}, {x, floats({}, {1})}) == Code::unsupported_type);
  CHECK(rejection("DequantizeLinear", {}, {unsigned_bytes({1}, {1}), floats({}, {1}), signed_bytes({}, {1})}) ==
        Code::unsupported_type);
}
