// What recurrent layers of float32 share: the sums of their gates, and how they store their states.
#ifndef MOTE_KERNELS_RECURRENT_F32_HPP
#define MOTE_KERNELS_RECURRENT_F32_HPP
#include "recurrent.hpp"
#include "recurrent_functions.hpp"

namespace MOTE_NAMESPACE {

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
