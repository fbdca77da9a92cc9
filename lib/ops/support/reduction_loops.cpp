#include "lib/ops/support/reduction_loops.hpp"

#include <optional>
#include <string>

#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

void append_loops(KernelCall& call, const std::string& kind, const ReductionLoops& loops) {
  for (std::size_t i = 0; i < 3; ++i)
    call.fields.emplace_back(kind + "_extent" + std::to_string(i), field(loops.extents[i]));
  for (std::size_t i = 0; i < 3; ++i)
    call.fields.emplace_back(kind + "_stride" + std::to_string(i), field(loops.strides[i]));
}

}  // namespace

void ReductionLoops::add(std::int64_t extent, std::int64_t stride) {
  ++used;
  MOTE_CHECK(used <= extents.size());
  extents[extents.size() - used] = extent;
  strides[strides.size() - used] = stride;
}

ReductionNest reduction_nest(const Shape& shape, const std::vector<bool>& reduced) {
  const auto strides = shape.strides();
  ReductionNest nest;
  // Only axes of more than one element need a loop; nothing is looped over if there is no element.
  std::optional<bool> last;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    if (shape[axis] == 1) continue;
    ReductionLoops& loops = reduced[axis] ? nest.reduced : nest.kept;
    if (last == reduced[axis])
      loops.widen(shape[axis]);
    else
      loops.add(shape[axis], strides[axis]);
    last = reduced[axis];
  }
  return nest;
}

std::vector<std::int64_t> reduced_extents(const Shape& shape, const std::vector<bool>& reduced, bool keep_axes) {
  std::vector<std::int64_t> extents;
  for (std::size_t axis = 0; axis < reduced.size(); ++axis) {
    if (!reduced[axis])
      extents.push_back(shape[axis]);
    else if (keep_axes)
      extents.push_back(1);
  }
  return extents;
}

void append_reduction_fields(KernelCall& call, const ReductionNest& nest) {
  append_loops(call, "kept", nest.kept);
  append_loops(call, "reduced", nest.reduced);
  call.fields.emplace_back("count", field(nest.reduced.count()));
}

}  // namespace mote::ops
