// Convolution of one to three spatial axes, channels first, any float type: ONNX Conv (opset 1..22) as it stands. The
// general path: conv2d_f32.hpp and depthwise_conv2d_f32.hpp serve the common forms.
//
//   input [batch][groups * group_in_c][in_d][in_h][in_w]   output [batch][groups * group_out_c][out_d][out_h][out_w]
//   weights [groups * group_out_c][group_in_c][kernel_d][kernel_h][kernel_w]   bias [groups * group_out_c] or nullptr
// Geometry: batch, groups, group_in_c, group_out_c, and for each axis X of d, h, w: in_X, out_X, kernel_X, stride_X,
//   dilation_X; the pads pad_front, pad_top, pad_left (int32_t). An axis that is not there has extent 1, kernel 1.
// Value: sum = bias (0 if absent), then for kd, kh, kw, ic in that order sum += x * w (two roundings); taps in the
//   padding are skipped. Every output is written once; input and output do not overlap.
#ifndef MOTE_KERNELS_CONV_ND_HPP
#define MOTE_KERNELS_CONV_ND_HPP
#include "operand.hpp"
#include "window.hpp"

namespace MOTE_NAMESPACE {

// One tap of every input channel of a group. `input` and `weights` point at the first channel's.
template <class T, class G, class X, class W>
MOTE_ALWAYS_INLINE T conv_nd_add_channels(T sum, X input, W weights) {
  for (int32_t ic = 0; ic < G::group_in_c; ++ic) {
    const T product =
        input[ic * (G::in_d * G::in_h * G::in_w)] * weights[ic * (G::kernel_d * G::kernel_h * G::kernel_w)];
    sum = sum + product;
  }
  return sum;
}

// The sum at output position (od, oh, ow), started at `sum`.
template <class T, class G, class X, class W>
inline T conv_nd_at(T sum, X input, W weights, int32_t od, int32_t oh, int32_t ow) {
  const int32_t origin_d = od * G::stride_d - G::pad_front;
  const int32_t origin_h = oh * G::stride_h - G::pad_top;
  const int32_t origin_w = ow * G::stride_w - G::pad_left;
  const TapRange planes = taps_inside(origin_d, G::in_d, G::kernel_d, G::dilation_d);
  const TapRange rows = taps_inside(origin_h, G::in_h, G::kernel_h, G::dilation_h);
  const TapRange columns = taps_inside(origin_w, G::in_w, G::kernel_w, G::dilation_w);
  for (int32_t kd = planes.begin; kd < planes.end; ++kd) {
    for (int32_t kh = rows.begin; kh < rows.end; ++kh) {
      const int32_t row = ((origin_d + kd * G::dilation_d) * G::in_h + origin_h + kh * G::dilation_h) * G::in_w;
      for (int32_t kw = columns.begin; kw < columns.end; ++kw) {
        const int32_t tap = (kd * G::kernel_h + kh) * G::kernel_w + kw;
        sum = conv_nd_add_channels<T, G>(sum, input + (row + origin_w + kw * G::dilation_w), weights + tap);
      }
    }
  }
  return sum;
}

// One output channel of one image; returns where the next one begins.
template <class T, class G, class X, class W>
inline T* conv_nd_channel(T start, X input, W weights, T* output) {
  for (int32_t od = 0; od < G::out_d; ++od) {
    for (int32_t oh = 0; oh < G::out_h; ++oh) {
      for (int32_t ow = 0; ow < G::out_w; ++ow) {
        *output = conv_nd_at<T, G>(start, input, weights, od, oh, ow);
        ++output;
      }
    }
  }
  return output;
}

template <class T, class G, class X, class W, class B>
inline void conv_nd(G, X input, W weights, B bias, T* output) {
  const int32_t group_in = G::group_in_c * G::in_d * G::in_h * G::in_w;
  const int32_t filter = G::group_in_c * G::kernel_d * G::kernel_h * G::kernel_w;
  for (int32_t n = 0; n < G::batch; ++n) {
    for (int32_t group = 0; group < G::groups; ++group) {
      for (int32_t lane = 0; lane < G::group_out_c; ++lane) {
        const int32_t oc = group * G::group_out_c + lane;
        const T start = element_or(bias, oc, static_cast<T>(0));
        output =
            conv_nd_channel<T, G>(start, input + (n * G::groups + group) * group_in, weights + oc * filter, output);
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
