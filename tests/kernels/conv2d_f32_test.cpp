#include "conv2d_f32.hpp"

#include <utility>

#include "convolution_reference.hpp"
#include "random_geometry.hpp"

namespace mote::test {
namespace {

template <uint64_t Seed>
struct RandomConv2d : RandomWindow<Seed> {
  static constexpr int32_t groups = draw(Seed, 20, 0, 2) == 0 ? draw(Seed, 21, 2, 3) : 1;
  static constexpr int32_t tile_w = draw(Seed, 22, 1, 7), tile_c = draw(Seed, 23, 0, 1) == 0 ? draw(Seed, 24, 1, 6) : 8;
  static constexpr int32_t in_c = groups * draw(Seed, 25, 1, 5);
  static constexpr int32_t out_c = groups == 1 ? draw(Seed, 26, 1, 21) : groups * tile_c * draw(Seed, 27, 1, 2);
  static constexpr int32_t depth = RandomWindow<Seed>::kernel_h * RandomWindow<Seed>::kernel_w * in_c / groups;
  static constexpr bool packed = draw(Seed, 28, 0, 1) == 1;
  static constexpr int32_t weight_step = packed ? tile_c : out_c, weight_block = packed ? depth * tile_c : tile_c;
  static constexpr bool has_residual = draw(Seed, 29, 0, 1) == 1;
};

// A 1x1 convolution of stride 1: the case that sees all pixels as one row.
template <uint64_t Seed>
struct RandomPointwise : RandomConv2d<Seed> {
  static constexpr int32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
  static constexpr int32_t pad_top = 0, pad_left = 0;
  static constexpr int32_t out_h = RandomWindow<Seed>::in_h, out_w = RandomWindow<Seed>::in_w;
  static constexpr int32_t depth = RandomConv2d<Seed>::in_c / RandomConv2d<Seed>::groups;
  static constexpr int32_t weight_block =
      RandomConv2d<Seed>::packed ? depth * RandomConv2d<Seed>::tile_c : RandomConv2d<Seed>::tile_c;
};

template <class G>
void check(uint64_t seed, bool with_bias) {
  INFO("seed " << seed << (with_bias ? ", bias" : ", no bias"));
  ConvolutionCase<G> example(seed, with_bias);
  Floats output(at(int64_t{G::batch} * G::out_h * G::out_w * G::out_c), 99.0f);
  mote_kernels::conv2d_f32(G{}, example.input.data(), example.packed_weights().data(), example.bias_or_null(),
                           example.residual_or_null(), output.data());
  CHECK(count_different(output, example.template expected<float>()) == 0);
  CHECK(largest_distance(output, example.template expected<double>()) < 2e-5);
}

template <template <uint64_t> class Geometry, uint64_t... Seeds>
void check_all(std::integer_sequence<uint64_t, Seeds...>) {
  (check<Geometry<Seeds>>(Seeds, Seeds % 4 != 0), ...);
}

}  // namespace

TEST_CASE("conv2d_f32 follows the documented order to the bit on random geometries") {
  check_all<RandomConv2d>(std::make_integer_sequence<uint64_t, 48>{});
}

TEST_CASE("conv2d_f32 does 1x1 convolutions as one row of pixels with the same bits") {
  check_all<RandomPointwise>(std::make_integer_sequence<uint64_t, 16>{});
}

}  // namespace mote::test
