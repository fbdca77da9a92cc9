// What recurrent layers of float32 share: the functions of their cells and the sums of their gates.
#ifndef MOTE_KERNELS_RECURRENT_F32_HPP
#define MOTE_KERNELS_RECURRENT_F32_HPP
#include "recurrent.hpp"
#include "unary_functions.hpp"

namespace MOTE_NAMESPACE {

// The activations that ONNX knows in recurrent layers, as the numbers that geometries hold.
enum RecurrentFunctionKind : int32_t {
  recurrent_sigmoid = 0,
  recurrent_tanh = 1,
  recurrent_relu = 2,
  recurrent_affine = 3,            // alpha * x + beta
  recurrent_leaky_relu = 4,        // alpha * x below 0
  recurrent_thresholded_relu = 5,  // x above alpha, else 0
  recurrent_scaled_tanh = 6,       // alpha * tanh(beta * x)
  recurrent_hard_sigmoid = 7,      // alpha * x + beta, from 0 to 1
  recurrent_elu = 8,               // alpha * (exp(x) - 1) below 0
  recurrent_softsign = 9,
  recurrent_softplus = 10
};

struct RecurrentFunction {
  int32_t kind;
  float alpha;
  float beta;
};

inline float activate_f32(RecurrentFunction function, float x) {
  switch (function.kind) {
    case recurrent_sigmoid: return Sigmoid::of(x);
    case recurrent_tanh: return Tanh::of(x);
    case recurrent_relu: return x < 0.0f ? 0.0f : x;
    case recurrent_affine: return function.alpha * x + function.beta;
    case recurrent_leaky_relu: return LeakyRelu::of(x, function.alpha);
    case recurrent_thresholded_relu: return ThresholdedRelu::of(x, function.alpha);
    case recurrent_scaled_tanh: return function.alpha * Tanh::of(function.beta * x);
    case recurrent_hard_sigmoid: return HardSigmoid::of(x, function.alpha, function.beta);
    case recurrent_elu: return Elu::of(x, function.alpha);
    case recurrent_softsign: return Softsign::of(x);
    case recurrent_softplus: return Softplus::of(x);
    default: return x;
  }
}

// sum += values[k] * weights[k] for k upwards.
template <class Values, class Weights>
inline float add_products_f32(float sum, Values values, Weights weights, int32_t count) {
  for (int32_t k = 0; k < count; ++k) { sum += values[k] * weights[k]; }
  return sum;
}

// What enters an activation, limited where the geometry asks for it.
template <class G>
MOTE_ALWAYS_INLINE float limited_f32(float x) {
  return G::clips ? clamp<float>(x, -G::limit, G::limit) : x;
}

// The state is what a layer gives.
template <class G>
struct StoreF32 {
  void operator()(const float* hidden, float* y) const {
    memcpy(y, hidden, static_cast<size_t>(G::hidden) * sizeof(float));
  }
  void operator()(const float*, decltype(nullptr)) const {}
};

}  // namespace MOTE_NAMESPACE

#endif
