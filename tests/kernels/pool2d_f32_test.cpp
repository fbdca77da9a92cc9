#include "pool2d_f32.hpp"

#include <limits>
#include <utility>

#include "pool_reference.hpp"

namespace mote::test {
namespace {

float greatest(const PoolTaps<float>& window) {
  float result = -std::numeric_limits<float>::infinity();
  for (const float tap : window.inside) {
    if (std::isnan(tap)) return tap;
    result = tap > result ? tap : result;
  }
  return result;
}

template <class G>
float average(const PoolTaps<float>& window) {
  float sum = 0.0f;
  for (const float tap : window.inside) sum += tap;
  const auto count = G::count_include_pad ? window.inside_padded : static_cast<int32_t>(window.inside.size());
  return window.inside.empty() ? 0.0f : sum / static_cast<float>(count);
}

template <class G>
void check(uint64_t seed) {
  INFO("seed " << seed);
  std::mt19937 random(static_cast<uint32_t>(seed));
  Floats input = random_floats(random, int64_t{G::batch} * G::in_d * G::in_h * G::in_w * G::channels);
  Floats output(at(int64_t{G::batch} * G::out_d * G::out_h * G::out_w * G::channels), 99.0f);

  mote_kernels::average_pool2d_f32(G{}, input.data(), output.data());
  CHECK(count_different(output, pooled<G>(input, [](const auto& taps) { return clamped<G>(average<G>(taps)); })) == 0);

  // A NaN anywhere in a window must reach the maximum, whatever comes after it.
  for (size_t i = 0; i < input.size(); i += 7) input[i] = std::numeric_limits<float>::quiet_NaN();
  mote_kernels::max_pool2d_f32(G{}, input.data(), output.data());
  CHECK(count_different(output, pooled<G>(input, [](const auto& taps) { return clamped<G>(greatest(taps)); })) == 0);
}

template <uint64_t... Seeds>
void check_all(std::integer_sequence<uint64_t, Seeds...>) {
  (check<RandomPool<Seeds>>(Seeds), ...);
}

}  // namespace

TEST_CASE("max and average pooling agree with their definition to the bit on random geometries") {
  check_all(std::make_integer_sequence<uint64_t, 32>{});
}

}  // namespace mote::test
