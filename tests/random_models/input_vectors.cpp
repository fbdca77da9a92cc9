#include "tests/random_models/input_vectors.hpp"

#include <bit>
#include <limits>

namespace mote::random_models {
namespace {

enum class Pattern : std::uint8_t { in_range, lowest, highest, ends, bits };

template <class T>
T end_value(Rng& rng) {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::is_floating_point_v<T>) {
    const T values[] = {T{0},
                        -T{0},
                        T{1},
                        -T{1},
                        T{0.5},
                        Limits::max(),
                        Limits::min(),
                        Limits::lowest(),
                        Limits::denorm_min(),
                        Limits::infinity(),
                        -Limits::infinity(),
                        Limits::quiet_NaN()};
    return values[rng.integer(0, std::size(values) - 1)];
  } else {
    const T values[] = {Limits::min(),
                        Limits::max(),
                        T{0},
                        T{1},
                        static_cast<T>(-1),
                        static_cast<T>(Limits::min() + 1),
                        static_cast<T>(Limits::max() - 1)};
    return values[rng.integer(0, std::size(values) - 1)];
  }
}

template <class T>
T random_bits(Rng& rng) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(rng.next()) << 32U) | rng.next();
  if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  else if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<double>(bits);
  else
    return static_cast<T>(bits);
}

template <class T>
T element(Pattern pattern, Range range, Rng& rng) {
  using Limits = std::numeric_limits<T>;
  switch (pattern) {
    case Pattern::lowest: return std::is_floating_point_v<T> ? -Limits::infinity() : Limits::min();
    case Pattern::highest: return std::is_floating_point_v<T> ? Limits::infinity() : Limits::max();
    case Pattern::ends: return end_value<T>(rng);
    case Pattern::bits: return random_bits<T>(rng);
    case Pattern::in_range: break;
  }
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(rng.real(range.low, range.high));
  else
    return static_cast<T>(rng.integer(static_cast<std::int64_t>(range.low), static_cast<std::int64_t>(range.high)));
}

Tensor tensor_of(const TensorType& type, Pattern pattern, Range range, Rng& rng) {
  Tensor tensor = Tensor::zeros(type.dtype, type.shape);
  visit_dtype(type.dtype, [&]<class T>() {
    for (T& value : tensor.as<T>()) {
      value = element<T>(pattern, range, rng);
      if (type.dtype == DType::boolean) value = static_cast<T>(rng.integer(0, 1));
    }
  });
  return tensor;
}

}  // namespace

std::vector<std::vector<Tensor>> input_vectors(const Graph& graph, std::span<const Range> ranges, Rng& rng) {
  constexpr Pattern uniform[] = {Pattern::in_range, Pattern::in_range, Pattern::lowest, Pattern::highest};
  std::vector<std::vector<Tensor>> vectors(vectors_per_case);
  for (std::size_t vector = 0; vector < vectors.size(); ++vector)
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const Pattern pattern = vector < std::size(uniform) ? uniform[vector] : static_cast<Pattern>(rng.integer(0, 4));
      vectors[vector].push_back(tensor_of(graph.at(graph.inputs[i]).type, pattern, ranges[i], rng));
    }
  return vectors;
}

}  // namespace mote::random_models
