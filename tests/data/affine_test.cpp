#include "lib/data/affine.hpp"

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;

namespace {

TensorType quantized_type(DType dtype, std::int64_t elements, float scale, std::int32_t zero_point) {
  return {dtype, *Shape::make({1, elements}), QuantParams{.scale = {scale}, .zero_point = {zero_point}, .axis = {}}};
}

}  // namespace

TEST_CASE("quantizing rounds half to even, adds the zero point and saturates") {
  const Tensor reals = tensor<float>(DType::f32, {1, 8}, {0.25F, 0.75F, -0.25F, -0.75F, 1.0F, 1000.0F, -1000.0F, 0.0F});
  const Tensor stored = quantized(reals, quantized_type(DType::s8, 8, 0.5F, 3));
  CHECK(stored.to_integers() == std::vector<std::int64_t>{3, 5, 3, 1, 5, 127, -128, 3});
  CHECK(quantized(reals, quantized_type(DType::u8, 8, 0.5F, 3)).to_integers()[6] == 0);
}

TEST_CASE("dequantizing is scale * (stored - zero point)") {
  const TensorType type = quantized_type(DType::s8, 3, 0.5F, 3);
  CHECK(dequantized(tensor<std::int8_t>(DType::s8, {1, 3}, {3, 4, -128}), type).to_reals() == std::vector<double>{0, 0.5, -65.5});
}

TEST_CASE("a sample is quantized only for an input that is") {
  const Tensor reals = counting({1, 2});
  CHECK(as_input(reals, quantized_type(DType::s8, 2, 1, 0))->dtype == DType::s8);
  CHECK(as_input(reals, floats({1, 2}))->dtype == DType::f32);
  CHECK_FALSE(as_input(reals, {DType::s8, *Shape::make({1, 2}), {}}));
  CHECK_FALSE(as_input(reals, floats({1, 3})));
  CHECK(as_reals(tensor<std::int64_t>(DType::s64, {1}, {7}), {DType::s64, *Shape::make({1}), {}}).dtype == DType::s64);
}
