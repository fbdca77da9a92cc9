// Probabilities of classes from those of pairs of classes: Wu, Lin, Weng: Probability Estimates for Multi-class
// Classification by Pairwise Coupling (2004), algorithm 2.
//   pairs [rows][classes * (classes - 1) / 2]: how likely the first class of (0,1), (0,2), …, (1,2), … is against the
//   second; p [rows][classes]; scratch: (classes + 1) * classes floats
// Geometry: rows, classes (int32_t). p does not overlap the pairs.
// Value: starts with equal probabilities; at most 100 rounds, until no element of q p is further than 0.005 / classes
// from p q p.
#ifndef MOTE_KERNELS_PAIRWISE_COUPLING_HPP
#define MOTE_KERNELS_PAIRWISE_COUPLING_HPP
#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

// q_ij = -r_ji r_ij, q_ii = the sum of r_ji^2; r_ij is how likely i is against j.
template <class G>
inline void fill_coupling(const float* pairs, float* q) {
  for (int32_t i = 0; i < G::classes * G::classes; ++i) { q[i] = 0.0f; }
  for (int32_t i = 0; i < G::classes; ++i) {
    for (int32_t j = i + 1; j < G::classes; ++j) {
      const float first = *pairs;
      const float second = 1.0f - first;
      q[i * G::classes + j] = -second * first;
      q[j * G::classes + i] = -second * first;
      q[i * G::classes + i] = q[i * G::classes + i] + second * second;
      q[j * G::classes + j] = q[j * G::classes + j] + first * first;
      ++pairs;
    }
  }
}

// product = q p; returns p q p.
template <class G>
inline float multiply_coupling(const float* q, const float* p, float* product) {
  float norm = 0.0f;
  for (int32_t i = 0; i < G::classes; ++i) {
    float sum = 0.0f;
    for (int32_t j = 0; j < G::classes; ++j) { sum = sum + q[i * G::classes + j] * p[j]; }
    product[i] = sum;
    norm = norm + p[i] * sum;
  }
  return norm;
}

// The best probability of class i while the others keep their proportions; returns the new p q p.
template <class G>
inline float improve_class(const float* q, int32_t i, float norm, float* p, float* product) {
  const float step = (-product[i] + norm) / q[i * G::classes + i];
  p[i] = p[i] + step;
  norm = (norm + step * (step * q[i * G::classes + i] + 2.0f * product[i])) / (1.0f + step) / (1.0f + step);
  for (int32_t j = 0; j < G::classes; ++j) {
    product[j] = (product[j] + step * q[i * G::classes + j]) / (1.0f + step);
    p[j] = p[j] / (1.0f + step);
  }
  return norm;
}

template <class G>
inline void couple_classes(const float* q, float* p, float* product) {
  for (int32_t i = 0; i < G::classes; ++i) { p[i] = 1.0f / static_cast<float>(G::classes); }
  for (int32_t round = 0; round < 100; ++round) {
    float norm = multiply_coupling<G>(q, p, product);
    float worst = 0.0f;
    for (int32_t i = 0; i < G::classes; ++i) {
      const float error = abs_f32(product[i] - norm);
      if (error > worst) { worst = error; }
    }
    if (worst < 0.005f / static_cast<float>(G::classes)) { return; }
    for (int32_t i = 0; i < G::classes; ++i) { norm = improve_class<G>(q, i, norm, p, product); }
  }
}

template <class G>
inline void pairwise_coupling(G, const float* pairs, float* p, uint8_t* scratch) {
  float* const q = static_cast<float*>(static_cast<void*>(scratch));
  for (int32_t row = 0; row < G::rows; ++row) {
    fill_coupling<G>(pairs, q);
    couple_classes<G>(q, p, q + G::classes * G::classes);
    pairs += G::classes * (G::classes - 1) / 2;
    p += G::classes;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
