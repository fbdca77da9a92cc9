// BatchNormalization of ONNX, float32, channels first.
//
//   x, y: [batch][channels][inner]; scale, bias, mean, variance: [channels]
// Geometry: batch, channels, inner (int32_t), epsilon (float); for training also momentum (float).
//
// Value: y = ((x - mean) / sqrt(variance + epsilon)) * scale + bias, every operation rounded by itself.
// Training takes mean and variance from the batch: sums over batch, then inner, upwards from 0, divided by the count,
// the variance as the mean of (x - mean)^2; and updates running = running * momentum + batch's * (1 - momentum).
// running_mean and running_variance may be nullptr. Without elements the statistics of the batch are 0.
// Order of writes: inference writes elements upwards, each after the same element of x was read.
#ifndef MOTE_KERNELS_BATCH_NORMALIZATION_F32_HPP
#define MOTE_KERNELS_BATCH_NORMALIZATION_F32_HPP
#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

// One channel of one batch item.
template <class G>
MOTE_ALWAYS_INLINE void normalize_plane_f32(const float* x, float scale, float bias, float mean, float deviation,
                                            float* y) {
  for (int32_t i = 0; i < G::inner; ++i) { y[i] = ((x[i] - mean) / deviation) * scale + bias; }
}

template <class G, class Scale, class Bias, class Mean, class Variance>
inline void batch_normalization_f32(G, const float* x, Scale scale, Bias bias, Mean mean, Variance variance, float* y) {
  for (int32_t n = 0; n < G::batch; ++n) {
    for (int32_t c = 0; c < G::channels; ++c) {
      const int32_t plane = (n * G::channels + c) * G::inner;
      const float deviation = sqrt_f32(variance[c] + G::epsilon);
      normalize_plane_f32<G>(x + plane, scale[c], bias[c], mean[c], deviation, y + plane);
    }
  }
}

// The mean of one channel's term(x) over the batch.
template <class G, class Term>
MOTE_ALWAYS_INLINE float channel_mean_f32(const float* channel, Term term) {
  float sum = 0.0f;
  for (int32_t n = 0; n < G::batch; ++n) {
    const float* plane = channel + n * G::channels * G::inner;
    for (int32_t i = 0; i < G::inner; ++i) { sum += term(plane[i]); }
  }
  const int32_t count = G::batch * G::inner;
  return count == 0 ? 0.0f : sum / static_cast<float>(count);
}

template <class G, class Scale, class Bias, class Mean, class Variance>
inline void batch_normalization_training_f32(G, const float* x, Scale scale, Bias bias, Mean mean, Variance variance,
                                             float* y, float* running_mean, float* running_variance) {
  for (int32_t c = 0; c < G::channels; ++c) {
    const float* channel = x + c * G::inner;
    const float batch_mean = channel_mean_f32<G>(channel, [](float value) { return value; });
    const float batch_variance = channel_mean_f32<G>(
        channel, [batch_mean](float value) { return (value - batch_mean) * (value - batch_mean); });
    const float deviation = sqrt_f32(batch_variance + G::epsilon);
    for (int32_t n = 0; n < G::batch; ++n) {
      const int32_t plane = n * G::channels * G::inner;
      normalize_plane_f32<G>(channel + plane, scale[c], bias[c], batch_mean, deviation, y + plane + c * G::inner);
    }
    const float share = 1.0f - G::momentum;
    if (running_mean != nullptr) { running_mean[c] = mean[c] * G::momentum + batch_mean * share; }
    if (running_variance != nullptr) { running_variance[c] = variance[c] * G::momentum + batch_variance * share; }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
