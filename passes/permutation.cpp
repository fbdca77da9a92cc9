#include "passes/permutation.hpp"

namespace mote {

Permutation permutation_of(const OpView& transpose) {
  const auto rank = static_cast<std::int64_t>(transpose.in(0).shape.rank());
  Permutation perm;
  for (std::int64_t i = 0; i < rank; ++i) {
    std::int64_t axis = rank - 1 - i;
    if (transpose.has("perm")) axis = transpose.integers("perm")[static_cast<std::size_t>(i)];
    perm.push_back(static_cast<std::size_t>(axis < 0 ? axis + rank : axis));
  }
  return perm;
}

Permutation inverse(const Permutation& perm) {
  Permutation result(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) result[perm[i]] = i;
  return result;
}

Permutation composed(const Permutation& first, const Permutation& second) { return permuted(first, second); }

bool is_identity(const Permutation& perm) {
  for (std::size_t i = 0; i < perm.size(); ++i)
    if (perm[i] != i) return false;
  return true;
}

bool moves_no_element(const Permutation& perm, const Shape& input) {
  std::size_t last = 0;
  for (const std::size_t axis : perm) {
    if (input[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Attr to_attr(const Permutation& perm) { return std::vector<std::int64_t>(perm.begin(), perm.end()); }

std::vector<std::int64_t> extents_of(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

}  // namespace mote
