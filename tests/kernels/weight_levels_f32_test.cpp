// Float kernels that read levels and scales against those that read the products of both, bit for bit.
#include "weight_levels_f32.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

namespace {

// 3x3, padded, channels that leave a last tile of odd extent.
struct Window {
  static constexpr int32_t batch = 2, in_h = 6, in_w = 7, in_c = 5, out_h = 6, out_w = 7, out_c = 7;
  static constexpr int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, pad_top = 1, pad_left = 1;
  static constexpr int32_t dilation_h = 1, dilation_w = 1, groups = 1, tile_w = 2, tile_c = 4;
  static constexpr bool has_residual = true, clamp_low = true, clamp_high = false;
  static constexpr float lowest = -1.0f, highest = 0.0f;
};
struct Pointwise : Window {
  static constexpr int32_t out_c = 20, kernel_h = 1, kernel_w = 1, pad_top = 0, pad_left = 0, tile_c = 16;
};
struct Grouped : Window {
  static constexpr int32_t in_c = 6, out_c = 12, groups = 3, tile_c = 2;
  static constexpr bool has_residual = false;
};
struct Depthwise : Window {
  static constexpr int32_t in_c = 7, groups = 7, multiplier = 1;
};
struct Rows : Pointwise {
  static constexpr int32_t batch = 1, in_h = 1, in_w = 1, out_h = 1, out_w = 1, out_c = 13, tile_w = 1, tile_c = 8;
  static constexpr int32_t rows = 1, depth = 5, columns = 13;
};

template <class G>
struct Plain : G {
  static constexpr int32_t weight_step = G::out_c, weight_block = G::tile_c;
};
template <class G>
struct InPairs : G {
  static constexpr int32_t weight_step = (G::out_c + 1) / 2, weight_block = (G::tile_c + 1) / 2;
};

std::vector<float> random_reals(std::mt19937& random, int64_t count, float lowest, float highest) {
  std::uniform_real_distribution<float> uniform(lowest, highest);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

// The four operands that all kernels share, and levels of `bits`.
template <class G>
struct Case {
  std::vector<float> input, scale, bias, residual;
  std::vector<int8_t> levels;

  explicit Case(int32_t bits) {
    std::mt19937 random(static_cast<uint32_t>(bits));
    input = random_reals(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c, -2.0f, 2.0f);
    scale = random_reals(random, G::out_c, 0.001f, 0.1f);
    bias = random_reals(random, G::out_c, -1.0f, 1.0f);
    residual = random_reals(random, outputs(), -1.0f, 1.0f);
    std::uniform_int_distribution<int32_t> uniform(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
    for (int32_t i = 0; i < G::kernel_h * G::kernel_w * (G::in_c / G::groups) * G::out_c; ++i)
      levels.push_back(static_cast<int8_t>(uniform(random)));
  }
  static int64_t outputs() { return int64_t{G::batch} * G::out_h * G::out_w * G::out_c; }

  std::vector<float> weights() const {
    std::vector<float> reals;
    for (size_t i = 0; i < levels.size(); ++i) reals.push_back(static_cast<float>(levels[i]) * scale[i % scale.size()]);
    return reals;
  }
  std::vector<uint8_t> pairs() const {
    const size_t channels = scale.size(), row = (channels + 1) / 2;
    std::vector<uint8_t> bytes(levels.size() / channels * row);
    for (size_t i = 0; i < levels.size(); ++i) {
      uint8_t& byte = bytes[i / channels * row + i % channels / 2];
      byte = static_cast<uint8_t>(byte | (levels[i] & 15) << (i % channels % 2 * 4));
    }
    return bytes;
  }
};

template <class G, class OfReals, class OfLevels>
void check_same(OfReals of_reals, OfLevels of_levels) {
  const Case<G> bytes(8), halves(4);
  for (const Case<G>* one : {&bytes, &halves}) {
    std::vector<float> expected(static_cast<size_t>(Case<G>::outputs()), 1.0f), found(expected.size(), 2.0f);
    of_reals(Plain<G>{}, one->input.data(), one->weights().data(), one->bias.data(), one->residual.data(), expected.data());
    of_levels(Plain<G>{}, one->input.data(), one->levels.data(), one->scale.data(), one->bias.data(),
              one->residual.data(), found.data());
    CHECK(found == expected);
  }
  std::vector<float> expected(static_cast<size_t>(Case<G>::outputs()), 1.0f), found(expected.size(), 2.0f);
  of_reals(Plain<G>{}, halves.input.data(), halves.weights().data(), halves.bias.data(), halves.residual.data(),
           expected.data());
  const std::vector<uint8_t> pairs = halves.pairs();
  of_levels(InPairs<G>{}, halves.input.data(), pairs.data(), halves.scale.data(), halves.bias.data(),
            halves.residual.data(), found.data());
  CHECK(found == expected);
}

}  // namespace

#define MOTE_CHECK_KERNEL(Geometry, kernel)                                                  \
  check_same<Geometry>([](auto... operands) { mote_kernels::kernel(operands...); },          \
                       [](auto... operands) { mote_kernels::kernel##_levels(operands...); }); \
  check_same<Geometry>([](auto... operands) { mote_kernels::kernel##_backward(operands...); }, \
                       [](auto... operands) { mote_kernels::kernel##_levels_backward(operands...); })

TEST_CASE("conv2d_f32_levels gives the bits of conv2d_f32 on the same weights") {
  MOTE_CHECK_KERNEL(Window, conv2d_f32);
  MOTE_CHECK_KERNEL(Pointwise, conv2d_f32);
  MOTE_CHECK_KERNEL(Grouped, conv2d_f32);
}

TEST_CASE("depthwise_conv2d_f32_levels gives the bits of depthwise_conv2d_f32 on the same weights") {
  MOTE_CHECK_KERNEL(Depthwise, depthwise_conv2d_f32);
}

TEST_CASE("dense_f32_levels gives the bits of dense_f32 on the same weights") { MOTE_CHECK_KERNEL(Rows, dense_f32); }
