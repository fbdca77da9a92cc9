#include "lib/data/augment.hpp"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

constexpr std::int64_t farthest = 2, part = 16;

// The axes that space or time runs along: not the batch, nor the channels, which lie at the shorter end.
std::vector<std::size_t> moving_axes(const Shape& shape) {
  if (shape.rank() == 3) return {shape[1] >= shape[2] ? std::size_t{1} : std::size_t{2}};
  if (shape.rank() != 4) return {};
  if (shape[1] < shape[3]) return {2, 3};
  return {1, 2};
}

void shift(Tensor& sample, std::size_t axis, std::int64_t by) {
  const Tensor original = sample;
  const auto from = original.as<float>();
  const auto to = sample.as<float>();
  const std::int64_t extent = sample.shape[axis], inner = sample.shape.strides()[axis];
  for (std::int64_t i = 0; i < sample.shape.elements(); ++i) {
    const std::int64_t position = i / inner % extent;
    const std::int64_t source = std::clamp<std::int64_t>(position - by, 0, extent - 1);
    to[static_cast<std::size_t>(i)] = from[static_cast<std::size_t>(i + (source - position) * inner)];
  }
}

float deviation(std::span<const float> values) {
  double sum = 0.0, squares = 0.0;
  for (const float value : values) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(values.size());
  for (const float value : values) squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  return static_cast<float>(std::sqrt(squares / static_cast<double>(values.size())));
}

}  // namespace

Augmentation suited_augmentation(const TensorType& type) {
  Augmentation augmentation;
  if (type.dtype != DType::f32) return augmentation;
  augmentation.noise = 0.02F;
  for (const std::size_t axis : moving_axes(type.shape)) {
    const std::int64_t reach = std::min(farthest, type.shape[axis] / part);
    if (reach == 0) continue;
    augmentation.shifted.push_back(axis);
    augmentation.reach.push_back(reach);
  }
  return augmentation;
}

void augment(Tensor& sample, const Augmentation& augmentation, Rng& rng) {
  if (sample.dtype != DType::f32 || sample.shape.elements() == 0) return;
  for (std::size_t i = 0; i < augmentation.shifted.size(); ++i) {
    const std::int64_t by = rng.integer(-augmentation.reach[i], augmentation.reach[i]);
    if (by != 0) shift(sample, augmentation.shifted[i], by);
  }
  // Uniform noise of this half width has the deviation asked for.
  const float width = std::sqrt(3.0F) * augmentation.noise * deviation(sample.as<float>());
  if (width > 0.0F)
    for (float& value : sample.as<float>()) value += rng.real(-width, width);
}

void mix(Tensor& sample, const Tensor& other, float share) {
  if (sample.dtype != DType::f32) return;
  const auto added = other.as<float>();
  const auto values = sample.as<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += share * (added[i] - values[i]);
}

}  // namespace mote
