// QuantizeLinear and DequantizeLinear of ONNX, real = scale * (stored - zero point), with one scale for the tensor
// (outer = extent = 1) or one per index of an axis.
//
//   x, y: [outer][extent][inner]; scale, zero: [extent]; zero may be nullptr, then the zero point is 0.
// Geometry: outer, extent, inner (int32_t).
//
// Value: quantize_linear   y = round(x / scale) limited to what T can hold once the zero point is added; halves go to
//                          the even integer, a NaN becomes the zero point.
//        dequantize_linear y = float(x - zero) * scale; a difference of 32-bit integers wraps.
// Order of writes: elements upwards, each after the same element of x was read.
#ifndef MOTE_KERNELS_QUANTIZE_LINEAR_HPP
#define MOTE_KERNELS_QUANTIZE_LINEAR_HPP
#include "math_f32.hpp"
#include "operand.hpp"

namespace MOTE_NAMESPACE {

template <class T>
struct QuantizeLimits;
template <>
struct QuantizeLimits<int8_t> {
  static constexpr int32_t lowest = -128, highest = 127;
};
template <>
struct QuantizeLimits<uint8_t> {
  static constexpr int32_t lowest = 0, highest = 255;
};
template <>
struct QuantizeLimits<int16_t> {
  static constexpr int32_t lowest = -32768, highest = 32767;
};
template <>
struct QuantizeLimits<uint16_t> {
  static constexpr int32_t lowest = 0, highest = 65535;
};

// All bounds are integers below 2^17, so they are exact as floats.
template <class T>
MOTE_ALWAYS_INLINE T quantize_value(float scaled, int32_t zero) {
  const int32_t lowest = QuantizeLimits<T>::lowest - zero;
  const int32_t highest = QuantizeLimits<T>::highest - zero;
  if (scaled != scaled) { return static_cast<T>(zero); }
  const float rounded = round_half_even_f32(scaled);
  if (rounded <= static_cast<float>(lowest)) { return QuantizeLimits<T>::lowest; }
  if (rounded >= static_cast<float>(highest)) { return static_cast<T>(QuantizeLimits<T>::highest); }
  return static_cast<T>(static_cast<int32_t>(rounded) + zero);
}

template <class T, class G, class X, class Scale, class Zero>
inline void quantize_linear(G, const X* x, Scale scale, Zero zero, T* y) {
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t i = 0; i < G::extent; ++i) {
      const float divisor = scale[i];
      const int32_t shift = element_or(zero, i, static_cast<T>(0));
      for (int32_t inner = 0; inner < G::inner; ++inner) {
        *y = quantize_value<T>(static_cast<float>(*x) / divisor, shift);
        ++x;
        ++y;
      }
    }
  }
}

template <class T, class G, class Scale, class Zero>
inline void dequantize_linear(G, const T* x, Scale scale, Zero zero, float* y) {
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t i = 0; i < G::extent; ++i) {
      const float factor = scale[i];
      const uint32_t shift = static_cast<uint32_t>(element_or(zero, i, static_cast<T>(0)));
      for (int32_t inner = 0; inner < G::inner; ++inner) {
        *y = static_cast<float>(static_cast<int32_t>(static_cast<uint32_t>(*x) - shift)) * factor;
        ++x;
        ++y;
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
