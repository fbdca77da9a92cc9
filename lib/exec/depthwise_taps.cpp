#include "lib/exec/depthwise_taps.hpp"

#include <algorithm>
#include <array>

#include "lib/exec/wide_loop.hpp"

namespace mote {
namespace {

// One register, or two narrow ones: a constant number of channels becomes straight code.
constexpr std::int64_t block = 8;

// sums[c] += a[c] * b[c] over the channels of a pixel.
void add_pixel_products(std::int64_t channels, const float* __restrict a, const float* __restrict b,
                        float* __restrict sums) {
  std::int64_t c = 0;
  for (; c + block <= channels; c += block)
    for (std::int64_t i = c; i < c + block; ++i) sums[i] += a[i] * b[i];
  for (; c < channels; ++c) sums[c] += a[c] * b[c];
}

// Output positions o in [begin, end) whose tap at `offset` lies inside.
struct Reach {
  std::int64_t begin = 0, end = 0;
};
Reach reach_of(const ops::WindowAxis& axis, std::int64_t tap) {
  Reach reach{.begin = axis.out, .end = 0};
  for (std::int64_t o = 0; o < axis.out; ++o) {
    const std::int64_t position = axis.origin(o) + tap * axis.dilation;
    if (position < 0 || position >= axis.in) continue;
    reach.begin = std::min(reach.begin, o);
    reach.end = o + 1;
  }
  return reach;
}

}  // namespace

DepthwiseTaps::DepthwiseTaps(const ops::Window& window, std::int64_t batch, std::int64_t channels)
    : channels_(channels), x_step_(window[2].stride * channels) {
  const auto &rows = window[1], &columns = window[2];
  std::vector<Reach> reaches;
  for (std::int64_t kw = 0; kw < columns.kernel; ++kw) reaches.push_back(reach_of(columns, kw));
  for (std::int64_t row = 0; row < batch * rows.out; ++row) {
    const std::int64_t first_row = (row / rows.out) * rows.in, origin = rows.origin(row % rows.out);
    const ops::TapSpan inside = ops::taps_within(rows, origin, rows.in);
    for (std::int64_t kh = inside.begin; kh < inside.end; ++kh)
      for (std::int64_t kw = 0; kw < columns.kernel; ++kw) {
        const auto [begin, end] = reaches[static_cast<std::size_t>(kw)];
        if (begin >= end) continue;
        const std::int64_t h = first_row + origin + kh * rows.dilation;
        const std::int64_t w = columns.origin(begin) + kw * columns.dilation;
        runs_.push_back({.x = (h * columns.in + w) * channels,
                         .y = (row * columns.out + begin) * channels,
                         .tap = (kh * columns.kernel + kw) * channels,
                         .count = end - begin});
      }
  }
}

void DepthwiseTaps::convolve(const float* x, const float* w, float* y) const {
  run_widely([&] {
    for (const Run& run : runs_)
      for (std::int64_t i = 0; i < run.count; ++i)
        add_pixel_products(channels_, x + run.x + i * x_step_, w + run.tap, y + run.y + i * channels_);
  });
}

void DepthwiseTaps::spread(const float* dy, const float* w, float* dx) const {
  run_widely([&] {
    for (const Run& run : runs_)
      for (std::int64_t i = 0; i < run.count; ++i)
        add_pixel_products(channels_, dy + run.y + i * channels_, w + run.tap, dx + run.x + i * x_step_);
  });
}

// Sums stay in registers along a run.
void DepthwiseTaps::correlate(const float* x, const float* dy, float* dw) const {
  run_widely([&] {
    for (const Run& run : runs_) {
      const float *a = x + run.x, *b = dy + run.y;
      float* sums = dw + run.tap;
      std::int64_t c = 0;
      for (; c + block <= channels_; c += block) {
        std::array<float, block> own{};
        for (std::int64_t i = 0; i < run.count; ++i)
          for (std::int64_t j = 0; j < block; ++j)
            own[static_cast<std::size_t>(j)] += a[i * x_step_ + c + j] * b[i * channels_ + c + j];
        for (std::int64_t j = 0; j < block; ++j) sums[c + j] += own[static_cast<std::size_t>(j)];
      }
      for (; c < channels_; ++c)
        for (std::int64_t i = 0; i < run.count; ++i) sums[c] += a[i * x_step_ + c] * b[i * channels_ + c];
    }
  });
}

}  // namespace mote
