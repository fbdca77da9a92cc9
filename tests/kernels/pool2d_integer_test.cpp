#include "pool2d_integer.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include <catch2/catch.hpp>

#include "pool_reference.hpp"

namespace mote::test {
namespace {

// As many constants as terms can be counted, plus the one for none.
template <uint64_t Seed>
struct RandomIntegerPool : RandomPool<Seed> {
  static constexpr int32_t constants =
      RandomPool<Seed>::kernel_d * RandomWindow<Seed>::kernel_h * RandomWindow<Seed>::kernel_w + 1;
  static constexpr int32_t pad_value = draw(Seed, 60, -128, 127), accumulator_shift = draw(Seed, 61, 0, 12);
  static constexpr int32_t lowest = draw(Seed, 62, -128, -50), highest = draw(Seed, 63, 50, 127);
};

template <class T>
std::vector<T> random_integers(std::mt19937& random, int64_t count, int64_t lowest, int64_t highest) {
  std::uniform_int_distribution<int64_t> any(lowest, highest);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(any(random));
  return values;
}

using Integers = std::vector<int32_t>;

template <class G, class T>
T average(const PoolTaps<T>& taps, const Integers& bias, const Integers& multiplier) {
  const auto inside = static_cast<int32_t>(taps.inside.size());
  const int32_t terms = G::count_include_pad ? taps.inside_padded : inside;
  int64_t sum = int64_t{terms - inside} * G::pad_value;
  for (const T tap : taps.inside) sum += tap;
  const int64_t started = sum * (int64_t{1} << G::accumulator_shift) + bias[static_cast<size_t>(terms)];
  const int64_t scaled = (started * multiplier[static_cast<size_t>(terms)]) >> 32;
  return static_cast<T>(std::clamp<int64_t>(scaled, G::lowest, G::highest));
}

template <class T>
T greatest(const PoolTaps<T>& taps) {
  return taps.inside.empty() ? std::numeric_limits<T>::lowest() : *std::ranges::max_element(taps.inside);
}

template <class G, class T>
void check(uint64_t seed) {
  INFO("seed " << seed << ", elements of " << sizeof(T) << " bytes");
  std::mt19937 random(static_cast<uint32_t>(seed));
  // At most 48 taps of 12 bits, 12 places further to the left, fit 32 bits together with the start.
  const auto input = random_integers<T>(random, int64_t{G::batch} * G::in_d * G::in_h * G::in_w * G::channels,
                                        std::max<int64_t>(std::numeric_limits<T>::lowest(), -2048),
                                        std::min<int64_t>(std::numeric_limits<T>::max(), 2047));
  const auto bias =
      random_integers<int32_t>(random, G::constants, -2048 << G::accumulator_shift, 2048 << G::accumulator_shift);
  const auto multiplier = random_integers<int32_t>(random, G::constants, 0, (1 << 28) >> G::accumulator_shift);
  const auto averages = pooled<G>(input, [&](const auto& taps) { return average<G>(taps, bias, multiplier); });
  const auto maxima = pooled<G>(input, greatest<T>);

  std::vector<T> output(maxima.size(), T{99});
  mote_kernels::average_pool2d_integer(G{}, input.data(), bias.data(), multiplier.data(), output.data());
  CHECK(output == averages);
  std::ranges::fill(output, T{99});
  mote_kernels::average_pool2d_integer_backward(G{}, input.data(), bias.data(), multiplier.data(), output.data());
  CHECK(output == averages);
  mote_kernels::max_pool2d_integer(G{}, input.data(), output.data());
  CHECK(output == maxima);
  std::ranges::fill(output, T{99});
  mote_kernels::max_pool2d_integer_backward(G{}, input.data(), output.data());
  CHECK(output == maxima);
}

template <uint64_t... Seeds>
void check_all(std::integer_sequence<uint64_t, Seeds...>) {
  (check<RandomIntegerPool<Seeds>, int8_t>(Seeds), ...);
  (check<RandomIntegerPool<Seeds>, int16_t>(Seeds), ...);
}

// A row of four, halved.
struct Halves : RandomPool<0> {
  static constexpr int32_t batch = 1, channels = 1, tile_c = 1, in_d = 1, out_d = 1, kernel_d = 1, stride_d = 1;
  static constexpr int32_t dilation_d = 1, pad_front = 0, pad_back = 0, in_h = 1, out_h = 1, kernel_h = 1;
  static constexpr int32_t stride_h = 1, dilation_h = 1, pad_top = 0, pad_bottom = 0, in_w = 4, out_w = 2;
  static constexpr int32_t kernel_w = 2, stride_w = 2, dilation_w = 1, pad_left = 0, pad_right = 0, constants = 1;
  static constexpr int32_t pad_value = 0, accumulator_shift = 1, lowest = -128, highest = 127;
  static constexpr bool count_include_pad = false;
};

}  // namespace

TEST_CASE("max and average pooling of integers agree with their definition on random geometries, in either direction") {
  check_all(std::make_integer_sequence<uint64_t, 24>{});
}

TEST_CASE("one multiplier serves where all windows have as many taps") {
  // Half of the sum: (sum * 2 + 2) * 2^30 / 2^32 is floor((sum + 1) / 2), halves rounded upwards.
  const int8_t input[4] = {3, 4, -3, -4};
  const int32_t bias[1] = {2}, multiplier[1] = {1 << 30};
  int8_t output[2] = {};
  mote_kernels::average_pool2d_integer(Halves{}, input, bias, multiplier, output);
  CHECK(output[0] == 4);
  CHECK(output[1] == -3);
}

}  // namespace mote::test
