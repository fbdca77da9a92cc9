#pragma once
#include <array>
#include <span>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// A sliding window along one spatial axis: tap k of output position o reads input position
// o * stride - pad_begin + k * dilation. The defaults are an axis that is not there.
struct WindowAxis {
  std::int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, pad_begin = 0, pad_end = 0;

  [[nodiscard]] std::int64_t origin(std::int64_t output) const { return output * stride - pad_begin; }
  // Input positions from the first tap to the last, inclusive.
  [[nodiscard]] std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
};

// Depth, height, width; leading axes that an operator does not have are trivial.
using Window = std::array<WindowAxis, 3>;

// Ranges of the attributes that every windowed operator shares.
inline constexpr double window_limit = 1 << 20;

// Resolves ONNX's `strides`, `dilations`, `pads` (all begins, then all ends), `auto_pad` and `ceil_mode` for 1 to 3
// spatial axes; absent attributes mean 1, 1, 0, NOTSET and 0. Extents of the output (ONNX Conv, MaxPool):
//   NOTSET      floor or, with ceil_mode, ceil of (in + pads - reach) / stride, plus 1; a last window that would start
//               in the trailing pad is dropped
//   VALID       the same with pads 0
//   SAME_*      ceil(in / stride); the pads needed for it, the odd one at the end (UPPER) or the beginning (LOWER)
// Every position, pads included, is proven to fit 32 bits.
[[nodiscard]] Result<Window> resolve_window(const OpView& op, std::span<const std::int64_t> in,
                                            std::span<const std::int64_t> kernel);

// The output extents of the last `count` axes.
[[nodiscard]] std::vector<std::int64_t> output_extents(const Window& window, std::size_t count);

// Number of output positions, of input positions and of taps.
[[nodiscard]] std::int64_t output_positions(const Window& window);
[[nodiscard]] std::int64_t input_positions(const Window& window);
[[nodiscard]] std::int64_t tap_count(const Window& window);

// Taps [begin, end) of a window whose tap 0 lies at `origin` that lie inside [0, extent).
struct TapSpan {
  std::int64_t begin = 0, end = 0;
  [[nodiscard]] std::int64_t size() const { return end - begin; }
};
[[nodiscard]] TapSpan taps_within(const WindowAxis& axis, std::int64_t origin, std::int64_t extent);

// Calls visit(origins, spans, position) for every output position in row-major order.
template <class Visit>
void for_each_window(const Window& window, Visit&& visit) {
  std::int64_t position = 0;
  std::array<std::int64_t, 3> origin{};
  std::array<TapSpan, 3> taps{};
  const auto place = [&](std::size_t axis, std::int64_t output) {
    origin[axis] = window[axis].origin(output);
    taps[axis] = taps_within(window[axis], origin[axis], window[axis].in);
  };
  for (std::int64_t d = 0; d < window[0].out; ++d) {
    place(0, d);
    for (std::int64_t h = 0; h < window[1].out; ++h) {
      place(1, h);
      for (std::int64_t w = 0; w < window[2].out; ++w) {
        place(2, w);
        visit(origin, taps, position++);
      }
    }
  }
}

// Calls visit(tap, pixel) for the taps inside, in order kd, kh, kw; both are row-major indices.
template <class Visit>
void for_each_tap(const Window& window, const std::array<std::int64_t, 3>& origin, const std::array<TapSpan, 3>& taps,
                  Visit&& visit) {
  for (std::int64_t kd = taps[0].begin; kd < taps[0].end; ++kd)
    for (std::int64_t kh = taps[1].begin; kh < taps[1].end; ++kh)
      for (std::int64_t kw = taps[2].begin; kw < taps[2].end; ++kw) {
        const std::int64_t d = origin[0] + kd * window[0].dilation;
        const std::int64_t h = origin[1] + kh * window[1].dilation;
        const std::int64_t w = origin[2] + kw * window[2].dilation;
        visit((kd * window[1].kernel + kh) * window[2].kernel + kw, (d * window[1].in + h) * window[2].in + w);
      }
}

// The geometry fields in_X, out_X, kernel_X, stride_X, dilation_X for X in d, h, w, and the six pads by name.
void append_window_fields(KernelCall& call, const Window& window);

// A random window that is legal for `kernel`-sized inputs and up: attributes of `sample` and one input extent per axis.
[[nodiscard]] std::vector<std::int64_t> sample_window(Rng& rng, Attrs& attrs, std::span<const std::int64_t> kernel,
                                                      bool with_dilations, bool with_auto_pad);

}  // namespace mote::ops
