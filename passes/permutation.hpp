#pragma once
#include <cstdint>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {

// Axis i of the result is axis perm[i] of the input, as in ONNX Transpose.
using Permutation = std::vector<std::size_t>;

[[nodiscard]] Permutation permutation_of(const OpView& transpose);
[[nodiscard]] Permutation inverse(const Permutation& perm);
// First `first`, then `second`.
[[nodiscard]] Permutation composed(const Permutation& first, const Permutation& second);
[[nodiscard]] bool is_identity(const Permutation& perm);
// Only axes of extent 1 change their order: no element moves.
[[nodiscard]] bool moves_no_element(const Permutation& perm, const Shape& input);
[[nodiscard]] Attr to_attr(const Permutation& perm);

template <class T>
[[nodiscard]] std::vector<T> permuted(const std::vector<T>& values, const Permutation& perm) {
  std::vector<T> result;
  for (const std::size_t axis : perm) result.push_back(values[axis]);
  return result;
}

[[nodiscard]] std::vector<std::int64_t> extents_of(const Shape& shape);

}  // namespace mote
