#pragma once
#include "lib/ir/tensor.hpp"
#include "lib/support/rng.hpp"

namespace mote {

// Small changes that leave a sample what it is, chosen by the shape of the input: a teacher says what the changed
// sample shows, so every one that could occur is one more example.
struct Augmentation {
  std::vector<std::size_t> shifted{};  // axes along which the content may move
  std::vector<std::int64_t> reach{};   // by at most so many elements
  float noise = 0.0F;                  // deviation, in those of the sample itself
};

// Images (rank 4, channels first or last) and sequences move by up to 1/16 of an axis, at most 2 elements; everything
// gets noise of 2 % of its own deviation. Integers stay as they are.
[[nodiscard]] Augmentation suited_augmentation(const TensorType& type);

// What moves in repeats the edge.
void augment(Tensor& sample, const Augmentation& augmentation, Rng& rng);

// Every element becomes (1 - share) of its own and share of the other's (mixup; Zhang et al. 2018, arXiv:1710.09412).
void mix(Tensor& sample, const Tensor& other, float share);

}  // namespace mote
