#include "lib/data/augment.hpp"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

constexpr std::int64_t shortest = 16, farthest = 6, part = 8;
constexpr float suited_gain = 0.2F, suited_noise = 0.1F;
constexpr std::int64_t colours = 3;

// The axes that space or time runs along: not the batch, nor the channels, which lie at the shorter end.
std::vector<std::size_t> moving_axes(const Shape& shape) {
  if (shape.rank() == 3) return {shape[1] >= shape[2] ? std::size_t{1} : std::size_t{2}};
  if (shape.rank() != 4) return {};
  if (shape[1] < shape[3]) return {2, 3};
  return {1, 2};
}

// Elements of `sample` come from other positions along the axis.
template <class Source>
void move_along(Tensor& sample, std::size_t axis, Source source_of) {
  const Tensor original = sample;
  const auto from = original.as<float>();
  const auto to = sample.as<float>();
  const std::int64_t extent = sample.shape[axis], inner = sample.shape.strides()[axis];
  for (std::int64_t i = 0; i < sample.shape.elements(); ++i) {
    const std::int64_t position = i / inner % extent;
    to[static_cast<std::size_t>(i)] = from[static_cast<std::size_t>(i + (source_of(position, extent) - position) * inner)];
  }
}

void shift(Tensor& sample, std::size_t axis, std::int64_t by) {
  move_along(sample, axis, [by](std::int64_t position, std::int64_t extent) {
    return std::clamp<std::int64_t>(position - by, 0, extent - 1);
  });
}
void mirror(Tensor& sample, std::size_t axis) {
  move_along(sample, axis, [](std::int64_t position, std::int64_t extent) { return extent - 1 - position; });
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
  augmentation.gain = suited_gain;
  augmentation.noise = suited_noise;
  const std::vector<std::size_t> axes = moving_axes(type.shape);
  const bool is_photograph = axes.size() == 2 && type.shape[axes[0] == 1 ? 3 : 1] == colours;
  if (is_photograph) augmentation.mirrored = axes[1];
  for (const std::size_t axis : axes) {
    if (type.shape[axis] < shortest) continue;
    augmentation.shifted.push_back(axis);
    augmentation.reach.push_back(std::min(farthest, type.shape[axis] / part));
  }
  return augmentation;
}

void augment(Tensor& sample, const Augmentation& augmentation, Rng& rng) {
  if (sample.dtype != DType::f32 || sample.shape.elements() == 0) return;
  for (std::size_t i = 0; i < augmentation.shifted.size(); ++i) {
    const std::int64_t by = rng.integer(-augmentation.reach[i], augmentation.reach[i]);
    if (by != 0) shift(sample, augmentation.shifted[i], by);
  }
  if (augmentation.mirrored && rng.chance(2)) mirror(sample, *augmentation.mirrored);
  if (augmentation.gain > 0.0F) {
    const float gain = 1.0F + rng.real(-augmentation.gain, augmentation.gain);
    for (float& value : sample.as<float>()) value *= gain;
  }
  // Uniform noise of this half width has the deviation that is drawn.
  const float noise = augmentation.noise > 0.0F ? rng.real(0.0F, augmentation.noise) : 0.0F;
  const float width = std::sqrt(3.0F) * noise * deviation(sample.as<float>());
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
