// The kernels that read weights of four bits against those that read the same weights as bytes.
#include "quantized_s4.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

namespace {

using mote_kernels::HalfBytes;

// 3x3, padded with a level that is not 0, channels that leave a last tile of odd extent.
struct Window {
  static constexpr int32_t batch = 2, in_h = 6, in_w = 7, in_c = 5, out_h = 6, out_w = 7, out_c = 7;
  static constexpr int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, pad_top = 1, pad_left = 1;
  static constexpr int32_t dilation_h = 1, dilation_w = 1, groups = 1, tile_w = 2, tile_c = 4;
  static constexpr int32_t accumulator_shift = 1, pad_value = -3, lowest = -120, highest = 127;
  static constexpr int32_t residual_multiplier = 1 << 20;
  static constexpr bool has_residual = true, has_table = false;
};
struct Pointwise : Window {
  static constexpr int32_t out_c = 16, kernel_h = 1, kernel_w = 1, pad_top = 0, pad_left = 0, tile_c = 8;
};
struct Grouped : Window {
  static constexpr int32_t in_c = 6, out_c = 12, groups = 3, tile_c = 2;
};
struct OddTile : Window {  // all channels in one tile
  static constexpr int32_t out_c = 3, tile_c = 3;
};
struct Depthwise : Window {
  static constexpr int32_t in_c = 7, groups = 7, multiplier = 1, pad_value = 0;
  static constexpr bool has_residual = false;
};
struct DepthwiseMultiplied : Window {
  static constexpr int32_t in_c = 3, out_c = 12, groups = 3, multiplier = 4, tile_c = 2;
};
struct Rows : Pointwise {
  static constexpr int32_t batch = 1, in_h = 1, in_w = 4, out_h = 1, out_w = 4, out_c = 13;
  static constexpr int32_t rows = 4, depth = 5, columns = 13;
};

template <class G>
struct AsBytes : G {
  static constexpr int32_t weight_step = G::out_c, weight_block = G::tile_c;
};
template <class G>
struct AsHalfBytes : G {
  static constexpr int32_t weight_step = (G::out_c + 1) / 2, weight_block = (G::tile_c + 1) / 2;
};

template <class T>
std::vector<T> random_values(std::mt19937& random, int64_t count, int32_t lowest, int32_t highest) {
  std::uniform_int_distribution<int32_t> uniform(lowest, highest);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(uniform(random));
  return values;
}

// Two neighbours of a row in a byte; the half that nobody reads holds what would be seen.
std::vector<uint8_t> packed(const std::vector<int8_t>& weights, size_t channels) {
  const size_t row = (channels + 1) / 2;
  std::vector<uint8_t> bytes(weights.size() / channels * row, channels % 2 == 1 ? uint8_t{0x70} : uint8_t{0});
  for (size_t i = 0; i < weights.size(); ++i) {
    uint8_t& byte = bytes[i / channels * row + i % channels / 2];
    const int half = weights[i] & 15;
    byte = static_cast<uint8_t>(i % channels % 2 == 0 ? (byte & 0xf0) | half : (byte & 0x0f) | half << 4);
  }
  return bytes;
}

// kernel(geometry, input, weights, bias, multiplier, table, residual, output) of both kinds, on the same levels.
template <class G, class Input, class OfBytes, class OfHalfBytes>
void check_same(OfBytes of_bytes, OfHalfBytes of_half_bytes) {
  std::mt19937 random(7);
  const auto input = random_values<Input>(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c, -128, 127);
  const auto weights =
      random_values<int8_t>(random, int64_t{G::kernel_h} * G::kernel_w * (G::in_c / G::groups) * G::out_c, -8, 7);
  const auto bias = random_values<int32_t>(random, G::out_c, -2000, 2000);
  const auto multiplier = random_values<int32_t>(random, G::out_c, 0, 1 << 26);
  const int64_t outputs = int64_t{G::batch} * G::out_h * G::out_w * G::out_c;
  const auto residual = random_values<int8_t>(random, outputs, -128, 127);
  const int8_t* const no_table = nullptr;
  const std::vector<uint8_t> half_bytes = packed(weights, G::out_c);
  std::vector<int8_t> expected(static_cast<size_t>(outputs)), found(expected.size(), int8_t{99});
  of_bytes(AsBytes<G>{}, input.data(), weights.data(), bias.data(), multiplier.data(), no_table, residual.data(),
           expected.data());
  of_half_bytes(AsHalfBytes<G>{}, input.data(), half_bytes.data(), bias.data(), multiplier.data(), no_table,
                residual.data(), found.data());
  CHECK(found == expected);
  CHECK(std::vector<int8_t>(expected.size(), expected[0]) != expected);
}

}  // namespace

#define MOTE_CHECK_KERNEL(Geometry, Input, kernel)                                                  \
  check_same<Geometry, Input>(                                                                      \
      [](auto... operands) { mote_kernels::kernel<Input, int8_t, int8_t>(operands...); },           \
      [](auto... operands) { mote_kernels::kernel##_s4<Input, int8_t, int8_t>(operands...); });     \
  check_same<Geometry, Input>(                                                                      \
      [](auto... operands) { mote_kernels::kernel##_backward<Input, int8_t, int8_t>(operands...); }, \
      [](auto... operands) { mote_kernels::kernel##_s4_backward<Input, int8_t, int8_t>(operands...); })

TEST_CASE("quantized_conv2d_s4 gives what quantized_conv2d gives for the same weights") {
  MOTE_CHECK_KERNEL(Window, int8_t, quantized_conv2d);
  MOTE_CHECK_KERNEL(Window, int16_t, quantized_conv2d);
  MOTE_CHECK_KERNEL(Pointwise, int8_t, quantized_conv2d);
  MOTE_CHECK_KERNEL(Grouped, int8_t, quantized_conv2d);
  MOTE_CHECK_KERNEL(OddTile, int16_t, quantized_conv2d);
}

TEST_CASE("quantized_depthwise_conv2d_s4 gives what quantized_depthwise_conv2d gives for the same weights") {
  MOTE_CHECK_KERNEL(Depthwise, int8_t, quantized_depthwise_conv2d);
  MOTE_CHECK_KERNEL(DepthwiseMultiplied, int16_t, quantized_depthwise_conv2d);
}

TEST_CASE("quantized_dense_s4 gives what quantized_dense gives for the same weights") {
  MOTE_CHECK_KERNEL(Rows, int8_t, quantized_dense);
  MOTE_CHECK_KERNEL(Rows, int16_t, quantized_dense);
}

TEST_CASE("Every value of four bits is read with its sign, from either half") {
  for (int32_t low = -8; low <= 7; ++low)
    for (int32_t high = -8; high <= 7; ++high) {
      const uint8_t byte = static_cast<uint8_t>((high & 15) << 4 | (low & 15));
      const auto lanes = mote_kernels::LanesS32<2>::load(HalfBytes{&byte});
      CHECK(lanes.head == low);
      CHECK(lanes.rest.head == high);
    }
}
