#include <algorithm>
#include <numeric>

#include "passes/canonical/layout.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// Axes [a_begin, a_end) of one shape hold the same elements as axes [b_begin, b_end) of the other.
struct Group {
  std::size_t a_begin = 0, a_end = 0, b_begin = 0, b_end = 0;
};

// The finest partition of a reshape from `a` to `b`. Extents must be positive.
std::vector<Group> groups_of(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  std::vector<Group> groups;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    Group group{.a_begin = i, .b_begin = j};
    std::int64_t in_a = a[i++];
    std::int64_t in_b = b[j++];
    while (in_a != in_b) {
      if (in_a < in_b) in_a *= a[i++];
      else in_b *= b[j++];
    }
    group.a_end = i;
    group.b_end = j;
    groups.push_back(group);
  }
  if (groups.empty()) groups.push_back({});
  groups.back().a_end = a.size();  // trailing axes of extent 1
  groups.back().b_end = b.size();
  return groups;
}

// Where each axis of x stands among those of x that hold more than one element.
std::vector<std::size_t> ranks_of_moving_axes(const Shape& input) {
  std::vector<std::size_t> ranks(input.rank(), 0);
  std::size_t next = 0;
  for (std::size_t axis = 0; axis < input.rank(); ++axis)
    if (input[axis] != 1) ranks[axis] = next++;
  return ranks;
}

}  // namespace

std::optional<ReshapeFirst> reshape_first(const Shape& input, const Permutation& perm, const Shape& to) {
  if (input.elements() == 0) return std::nullopt;
  const std::vector<std::int64_t> extents = extents_of(input);
  const std::vector<std::int64_t> wanted = extents_of(to);
  const std::vector<Group> groups = groups_of(permuted(extents, perm), wanted);
  const std::vector<std::size_t> ranks = ranks_of_moving_axes(input);

  std::vector<std::size_t> first_rank(groups.size(), 0);  // where a group begins in x
  std::size_t after_previous = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::optional<std::size_t> last;
    for (std::size_t i = groups[g].a_begin; i < groups[g].a_end; ++i) {
      if (input[perm[i]] == 1) continue;
      const std::size_t rank = ranks[perm[i]];
      if (last && rank != *last + 1) return std::nullopt;
      if (!last) first_rank[g] = rank;
      last = rank;
    }
    if (!last) first_rank[g] = after_previous;  // only extents of 1: stays behind its neighbour
    else after_previous = first_rank[g];
  }

  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t g) { return first_rank[g]; });
  ReshapeFirst result{.reshape = {}, .perm = Permutation(wanted.size())};
  for (const std::size_t g : order) {
    for (std::size_t j = groups[g].b_begin; j < groups[g].b_end; ++j) {
      result.perm[j] = result.reshape.size();
      result.reshape.push_back(wanted[j]);
    }
  }
  return result;
}

std::optional<Tensor> weights_for_untransposed(const Shape& input, const Permutation& perm, std::int64_t rows,
                                               const Tensor& weights) {
  if (input.elements() == 0) return std::nullopt;
  // The first axes of the transposed tensor make up the rows; the rest is summed over.
  std::size_t split = 0;
  for (std::int64_t product = 1; product != rows; product *= input[perm[split++]])
    if (split == perm.size() || product > rows) return std::nullopt;
  std::size_t highest_row = 0;
  for (std::size_t i = 0; i < split; ++i) {
    if (input[perm[i]] == 1) continue;
    if (perm[i] < highest_row) return std::nullopt;
    highest_row = perm[i];
  }
  std::vector<std::int64_t> extents;
  Permutation back;
  for (std::size_t i = split; i < perm.size(); ++i) {
    if (input[perm[i]] != 1 && perm[i] < highest_row) return std::nullopt;
    back.push_back(i - split);
    extents.push_back(input[perm[i]]);
  }
  std::ranges::sort(back, {}, [&](std::size_t i) { return perm[i + split]; });
  back.push_back(extents.size());
  extents.push_back(weights.shape[1]);
  return reshaped(transposed(reshaped(weights, extents), back), extents_of(weights.shape));
}

}  // namespace mote
