// Max and average pooling of one to three spatial axes in any layout and element type: ONNX MaxPool, AveragePool and
// their global forms as they stand. The general path: pool2d_f32.hpp serves float32, channels last.
//
//   Element (n, c, pixel) of the input lies at n * in_batch_step + c * in_channel_step + pixel * in_pixel_step, pixel
//   being row-major over in_d, in_h, in_w; the output likewise with out_ steps.
// Geometry: batch, channels, the six steps, and for each axis X of d, h, w: in_X, out_X, kernel_X, stride_X,
// dilation_X;
//   the pads pad_front, pad_back, pad_top, pad_bottom, pad_left, pad_right; index_step_d, index_step_h, index_step_w
//   (max_pool_nd_indices) (int32_t); count_include_pad (average_pool_nd) (bool).
//
// Maximum: taps in order kd, kh, kw; of equal ones the first wins, a NaN wins over numbers; a window without taps
//   gives -infinity, of integers the least. The index of input (n, c, d, h, w) is (n * channels + c) * in_d * in_h *
//   in_w
//   + d * index_step_d + h * index_step_h + w * index_step_w; without taps d, h, w count as 0. Indices lie as the
//   output.
// Average: sum of the taps inside in order kd, kh, kw, from 0, then one division by the count: of the taps inside, or
//   with count_include_pad of the taps inside the padded input. A window without taps gives 0.
// Input and output do not overlap.
#ifndef MOTE_KERNELS_POOL_ND_HPP
#define MOTE_KERNELS_POOL_ND_HPP
#include "arithmetic.hpp"
#include "window.hpp"

namespace MOTE_NAMESPACE {

// One output position: where its tap (0, 0, 0) lies and which taps are inside.
struct PoolPlace {
  int32_t origin_d, origin_h, origin_w;
  TapRange planes, rows, columns;
};

template <class G>
MOTE_ALWAYS_INLINE PoolPlace pool_place(int32_t od, int32_t oh, int32_t ow) {
  PoolPlace at = {};
  at.origin_d = od * G::stride_d - G::pad_front;
  at.origin_h = oh * G::stride_h - G::pad_top;
  at.origin_w = ow * G::stride_w - G::pad_left;
  at.planes = taps_inside(at.origin_d, G::in_d, G::kernel_d, G::dilation_d);
  at.rows = taps_inside(at.origin_h, G::in_h, G::kernel_h, G::dilation_h);
  at.columns = taps_inside(at.origin_w, G::in_w, G::kernel_w, G::dilation_w);
  return at;
}

// Calls visit(d, h, w) for the input position of every tap inside.
template <class G, class Visit>
MOTE_ALWAYS_INLINE void for_each_pool_tap(const PoolPlace& at, Visit visit) {
  for (int32_t kd = at.planes.begin; kd < at.planes.end; ++kd) {
    for (int32_t kh = at.rows.begin; kh < at.rows.end; ++kh) {
      for (int32_t kw = at.columns.begin; kw < at.columns.end; ++kw) {
        visit(at.origin_d + kd * G::dilation_d, at.origin_h + kh * G::dilation_h, at.origin_w + kw * G::dilation_w);
      }
    }
  }
}

// Calls visit(place, output element) for every output position of a plane whose first output lies at y.
template <class G, class Visit>
inline void for_each_pool_place(int32_t y, Visit visit) {
  for (int32_t od = 0; od < G::out_d; ++od) {
    for (int32_t oh = 0; oh < G::out_h; ++oh) {
      for (int32_t ow = 0; ow < G::out_w; ++ow) {
        visit(pool_place<G>(od, oh, ow), y);
        y += G::out_pixel_step;
      }
    }
  }
}

// Calls visit(place, first input element, output element, plane) for every output; plane counts n * channels + c.
template <class G, class Visit>
inline void for_each_pool_output(Visit visit) {
  for (int32_t n = 0; n < G::batch; ++n) {
    for (int32_t c = 0; c < G::channels; ++c) {
      const int32_t first = n * G::in_batch_step + c * G::in_channel_step;
      for_each_pool_place<G>(n * G::out_batch_step + c * G::out_channel_step,
                             [&](const PoolPlace& at, int32_t y) { visit(at, first, y, n * G::channels + c); });
    }
  }
}

template <class G>
MOTE_ALWAYS_INLINE int32_t pool_pixel(int32_t d, int32_t h, int32_t w) {
  return ((d * G::in_h + h) * G::in_w + w) * G::in_pixel_step;
}

// `take(output element, value, plane, d, h, w)` receives every maximum and where it was found.
template <class T, class G, class X, class Take>
inline void max_pool_outputs(X input, Take take) {
  for_each_pool_output<G>([&](const PoolPlace& at, int32_t first, int32_t y, int32_t plane) {
    T best = least_of(static_cast<T>(0));
    int32_t best_d = 0;
    int32_t best_h = 0;
    int32_t best_w = 0;
    bool any = false;
    for_each_pool_tap<G>(at, [&](int32_t d, int32_t h, int32_t w) {
      const T value = input[first + pool_pixel<G>(d, h, w)];
      if (!any || value > best || (is_nan(value) && !is_nan(best))) {
        best = value;
        best_d = d;
        best_h = h;
        best_w = w;
      }
      any = true;
    });
    take(y, best, plane, best_d, best_h, best_w);
  });
}

template <class T, class G, class X>
inline void max_pool_nd(G, X input, T* output) {
  max_pool_outputs<T, G>(input, [&](int32_t y, T value, int32_t, int32_t, int32_t, int32_t) { output[y] = value; });
}

template <class T, class G, class X>
inline void max_pool_nd_indices(G, X input, T* output, int64_t* indices) {
  max_pool_outputs<T, G>(input, [&](int32_t y, T value, int32_t plane, int32_t d, int32_t h, int32_t w) {
    output[y] = value;
    indices[y] =
        plane * (G::in_d * G::in_h * G::in_w) + d * G::index_step_d + h * G::index_step_h + w * G::index_step_w;
  });
}

// Taps inside the padded input. Leading pads count in full: no window starts before them.
template <class G>
MOTE_ALWAYS_INLINE int32_t padded_pool_taps(const PoolPlace& at) {
  return taps_inside(at.origin_d, G::in_d + G::pad_back, G::kernel_d, G::dilation_d).end *
         taps_inside(at.origin_h, G::in_h + G::pad_bottom, G::kernel_h, G::dilation_h).end *
         taps_inside(at.origin_w, G::in_w + G::pad_right, G::kernel_w, G::dilation_w).end;
}

template <class T, class G, class X>
inline void average_pool_nd(G, X input, T* output) {
  for_each_pool_output<G>([&](const PoolPlace& at, int32_t first, int32_t y, int32_t) {
    T sum = static_cast<T>(0);
    int32_t inside = 0;
    for_each_pool_tap<G>(at, [&](int32_t d, int32_t h, int32_t w) {
      sum = sum + input[first + pool_pixel<G>(d, h, w)];
      ++inside;
    });
    const int32_t count = G::count_include_pad ? padded_pool_taps<G>(at) : inside;
    output[y] = sum / static_cast<T>(count > 0 ? count : 1);
  });
}

}  // namespace MOTE_NAMESPACE

#endif
