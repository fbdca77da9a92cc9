#include "depthwise_conv2d_f32.hpp"

#include <utility>

#include "convolution_reference.hpp"
#include "random_convolution.hpp"

namespace mote::test {
namespace {

template <class G>
void check(uint64_t seed, bool with_bias) {
  INFO("seed " << seed << (with_bias ? ", bias" : ", no bias"));
  ConvolutionCase<G, G::in_c> example(seed, with_bias);
  Floats output(at(int64_t{G::batch} * G::out_h * G::out_w * G::out_c), 99.0f);
  mote_kernels::depthwise_conv2d_f32(G{}, example.input.data(), example.packed_weights().data(), example.bias_or_null(),
                                     example.residual_or_null(), output.data());
  CHECK(count_different(output, example.template expected<float>()) == 0);
  CHECK(largest_distance(output, example.template expected<double>()) < 2e-5);
}

template <uint64_t... Seeds>
void check_all(std::integer_sequence<uint64_t, Seeds...>) {
  (check<RandomDepthwise<Seeds>>(Seeds, Seeds % 4 != 0), ...);
}

}  // namespace

TEST_CASE("depthwise_conv2d_f32 follows the documented order to the bit on random geometries") {
  check_all(std::make_integer_sequence<uint64_t, 40>{});
}

}  // namespace mote::test
