#include "pool2d_f32.hpp"

#include <limits>
#include <utility>

#include "float_check.hpp"
#include "random_geometry.hpp"

namespace mote::test {
namespace {

template <uint64_t Seed>
struct RandomPool : RandomWindow<Seed> {
  static constexpr int32_t kernel_d = draw(Seed, 40, 1, 3), stride_d = draw(Seed, 41, 1, 2);
  static constexpr int32_t dilation_d = draw(Seed, 42, 1, 2);
  static constexpr int32_t pad_front = draw(Seed, 43, 0, kernel_d - 1), pad_back = draw(Seed, 44, 0, kernel_d - 1);
  static constexpr int32_t in_d = at_least(draw(Seed, 45, 1, 5), reach_of(kernel_d, dilation_d) - pad_front - pad_back);
  static constexpr int32_t out_d = outputs_of(in_d, pad_front + pad_back, kernel_d, stride_d, dilation_d);
  // One more row than the pads allow: the window that ceil_mode adds hangs over the far edge.
  static constexpr int32_t out_h =
      RandomWindow<Seed>::out_h +
      (RandomWindow<Seed>::out_h * RandomWindow<Seed>::stride_h < RandomWindow<Seed>::in_h + RandomWindow<Seed>::pad_top
           ? 1
           : 0);
  static constexpr int32_t channels = draw(Seed, 46, 1, 21), tile_c = draw(Seed, 47, 1, 16);
  static constexpr bool count_include_pad = draw(Seed, 48, 0, 1) == 1;
};

// The taps of one window, in order, and how many lie inside the padded input.
struct Window {
  std::vector<float> inside;
  int32_t inside_padded = 0;
};

template <class G>
Window window_at(const Floats& input, int32_t n, int32_t od, int32_t oh, int32_t ow, int32_t c) {
  Window window;
  for (int32_t kd = 0; kd < G::kernel_d; ++kd)
    for (int32_t kh = 0; kh < G::kernel_h; ++kh)
      for (int32_t kw = 0; kw < G::kernel_w; ++kw) {
        const int32_t d = od * G::stride_d - G::pad_front + kd * G::dilation_d;
        const int32_t h = oh * G::stride_h - G::pad_top + kh * G::dilation_h;
        const int32_t w = ow * G::stride_w - G::pad_left + kw * G::dilation_w;
        if (d < G::in_d + G::pad_back && h < G::in_h + G::pad_bottom && w < G::in_w + G::pad_right)
          ++window.inside_padded;
        if (d < 0 || h < 0 || w < 0 || d >= G::in_d || h >= G::in_h || w >= G::in_w) continue;
        window.inside.push_back(input[at((((n * G::in_d + d) * G::in_h + h) * G::in_w + w) * G::channels + c)]);
      }
  return window;
}

template <class G, class Reduce>
Floats expected(const Floats& input, Reduce reduce) {
  Floats output;
  for (int32_t n = 0; n < G::batch; ++n)
    for (int32_t od = 0; od < G::out_d; ++od)
      for (int32_t oh = 0; oh < G::out_h; ++oh)
        for (int32_t ow = 0; ow < G::out_w; ++ow)
          for (int32_t c = 0; c < G::channels; ++c)
            output.push_back(clamped<G>(reduce(window_at<G>(input, n, od, oh, ow, c))));
  return output;
}

float greatest(const Window& window) {
  float result = -std::numeric_limits<float>::infinity();
  for (const float tap : window.inside) {
    if (std::isnan(tap)) return tap;
    result = tap > result ? tap : result;
  }
  return result;
}

template <class G>
float average(const Window& window) {
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
  CHECK(count_different(output, expected<G>(input, average<G>)) == 0);

  // A NaN anywhere in a window must reach the maximum, whatever comes after it.
  for (size_t i = 0; i < input.size(); i += 7) input[i] = std::numeric_limits<float>::quiet_NaN();
  mote_kernels::max_pool2d_f32(G{}, input.data(), output.data());
  CHECK(count_different(output, expected<G>(input, greatest)) == 0);
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
