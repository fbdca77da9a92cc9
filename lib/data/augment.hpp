#pragma once
#include <optional>
#include <vector>

#include "lib/ir/tensor.hpp"
#include "lib/support/rng.hpp"

namespace mote {

// Changes that leave a sample something of its kind, chosen by the shape of the input: a teacher says what the changed
// sample shows, so every one that could occur is one more example.
struct Augmentation {
  std::vector<std::size_t> shifted{};       // axes along which the content may move
  std::vector<std::int64_t> reach{};        // by at most so many elements
  std::optional<std::size_t> mirrored{};    // the axis that is turned round in one of two samples
  float gain = 0.0F;                        // all values grow or shrink by up to this share, as light and loudness do
  float noise = 0.0F;                       // the largest deviation, in those of the sample itself
};

// Images (rank 4, channels first or last) and sequences move by up to 1/8 of an axis, at most 6 elements; axes
// of fewer than 16 elements stay, as cepstra do not move. Images of three channels, which are photographs, are mirrored.
// Everything gets up to a fifth louder and noise of up to 10 % of its own deviation. Integers stay as they are.
[[nodiscard]] Augmentation suited_augmentation(const TensorType& type);

// What moves in repeats the edge.
void augment(Tensor& sample, const Augmentation& augmentation, Rng& rng);

// Every element becomes (1 - share) of its own and share of the other's (mixup; Zhang et al. 2018, arXiv:1710.09412).
void mix(Tensor& sample, const Tensor& other, float share);

}  // namespace mote
