// The functions of the cells of recurrent layers, float32. The order of operations is part of the definition:
// interpreter and drop share this file, as they share unary_functions.hpp.
#ifndef MOTE_KERNELS_RECURRENT_FUNCTIONS_HPP
#define MOTE_KERNELS_RECURRENT_FUNCTIONS_HPP
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

}  // namespace MOTE_NAMESPACE

#endif
