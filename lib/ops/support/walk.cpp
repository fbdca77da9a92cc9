#include "lib/ops/support/walk.hpp"

#include <algorithm>

#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// Whether the last loop of `outer` and loop `axis` of `inner`, directly inside it, step evenly in every operand.
bool evenly_stepped(const Walk& outer, const Walk& inner, std::size_t axis) {
  for (std::size_t n = 0; n < inner.strides.size(); ++n)
    if (outer.strides[n].back() != inner.extents[axis] * inner.strides[n][axis]) return false;
  return true;
}

Walk single_loop(std::int64_t extent, std::size_t operands) {
  return {.extents = {extent}, .strides = std::vector(operands, std::vector<std::int64_t>{0})};
}

}  // namespace

Walk merged(const Walk& walk) {
  if (std::ranges::find(walk.extents, 0) != walk.extents.end()) return single_loop(0, walk.strides.size());
  Walk result{.extents = {}, .strides = std::vector<std::vector<std::int64_t>>(walk.strides.size())};
  for (std::size_t axis = 0; axis < walk.extents.size(); ++axis) {
    if (walk.extents[axis] == 1) continue;
    const bool joins = !result.extents.empty() && evenly_stepped(result, walk, axis);
    if (joins)
      result.extents.back() *= walk.extents[axis];
    else
      result.extents.push_back(walk.extents[axis]);
    for (std::size_t n = 0; n < walk.strides.size(); ++n) {
      if (joins) result.strides[n].pop_back();
      result.strides[n].push_back(walk.strides[n][axis]);
    }
  }
  return result.extents.empty() ? single_loop(1, walk.strides.size()) : result;
}

void append_walk(std::vector<std::pair<std::string, KernelField>>& fields, const Walk& walk) {
  const std::size_t rank = walk.extents.size();
  fields.emplace_back("rank", field(static_cast<std::int64_t>(rank)));
  for (std::size_t axis = 0; axis < rank; ++axis)
    fields.emplace_back("extent" + std::to_string(axis), field(walk.extents[axis]));
  for (std::size_t n = 0; n < walk.strides.size(); ++n)
    for (std::size_t axis = 0; axis < rank; ++axis)
      fields.emplace_back(std::string(1, "abc"[n]) + "_stride" + std::to_string(axis), field(walk.strides[n][axis]));
}

}  // namespace mote::ops
