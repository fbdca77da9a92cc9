// What turns the sums of a tree ensemble into its scores: ONNX post_transform, by ONNX Runtime's formulas in float32.
//   scores [targets], in place. Geometry: targets, post_transform (int32_t): 0 none, 1 softmax, 2 logistic,
//   3 softmax that leaves zeros at zero, 4 probit.
#ifndef MOTE_KERNELS_TREE_TRANSFORMS_HPP
#define MOTE_KERNELS_TREE_TRANSFORMS_HPP
#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

// 1 / (1 + exp(-|x|)), mirrored for negative x.
inline float tree_logistic(float x) {
  const float v = 1.0f / (1.0f + exp_f32(-abs_f32(x)));
  return x < 0.0f ? 1.0f - v : v;
}

// sqrt(2) * inverse error function of 2p - 1, by Winitzki's approximation.
inline float tree_probit(float p) {
  const float x = 2.0f * p - 1.0f;
  const float logarithm = log_f32((1.0f - x) * (1.0f + x));
  const float v = 2.0f / (3.14159274f * 0.147f) + 0.5f * logarithm;
  const float v2 = 1.0f / 0.147f * logarithm;
  const float magnitude = sqrt_f32(sqrt_f32(v * v - v2) - v);
  return 1.41421354f * (x < 0.0f ? -magnitude : magnitude);
}

template <class G>
inline void tree_softmax(float* scores, bool keep_zeros) {
  float largest = -3.40282347e+38f;
  for (int32_t i = 0; i < G::targets; ++i) {
    if (scores[i] > largest) { largest = scores[i]; }
  }
  float sum = 0.0f;
  for (int32_t i = 0; i < G::targets; ++i) {
    if (keep_zeros && !(scores[i] > 0.0000001f) && !(scores[i] < -0.0000001f)) {
      scores[i] = scores[i] * exp_f32(-largest);
    } else {
      scores[i] = exp_f32(scores[i] - largest);
      sum = sum + scores[i];
    }
  }
  for (int32_t i = 0; i < G::targets; ++i) { scores[i] = scores[i] / sum; }
}

template <class G>
inline void transform_scores(float* scores) {
  if (G::post_transform == 1 || G::post_transform == 3) { tree_softmax<G>(scores, G::post_transform == 3); }
  for (int32_t i = 0; i < G::targets; ++i) {
    if (G::post_transform == 2) { scores[i] = tree_logistic(scores[i]); }
    if (G::post_transform == 4) { scores[i] = tree_probit(scores[i]); }
  }
}

template <class G>
inline void transform_scores(double*) {}

}  // namespace MOTE_NAMESPACE

#endif
