#include "conv2d_f32.hpp"

#include <utility>

#include "convolution_reference.hpp"
#include "random_convolution.hpp"

namespace mote::test {
namespace {

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
