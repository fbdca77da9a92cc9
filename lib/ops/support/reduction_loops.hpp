#pragma once
#include <array>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// Nests of at most three loops over the kept and the reduced axes: neighbours of one kind are one loop of the dense
// input, so that kinds alternate, and six axes have room for three of each.
struct ReductionLoops {
  std::array<std::int64_t, 3> extents{1, 1, 1}, strides{0, 0, 0};
  std::size_t used = 0;

  // Axes come innermost first.
  void add(std::int64_t extent, std::int64_t stride);
  void widen(std::int64_t extent) { extents[extents.size() - used] *= extent; }
  [[nodiscard]] std::int64_t count() const { return extents[0] * extents[1] * extents[2]; }
};
struct ReductionNest {
  ReductionLoops kept{}, reduced{};
};

// `reduced` says for each axis of the input whether it is reduced.
[[nodiscard]] ReductionNest reduction_nest(const Shape& shape, const std::vector<bool>& reduced);
[[nodiscard]] std::vector<std::int64_t> reduced_extents(const Shape& shape, const std::vector<bool>& reduced,
                                                        bool keep_axes);

// The fields of codegen/kernels/reduce.hpp: loops of either kind and the count of reduced elements.
void append_reduction_fields(KernelCall& call, const ReductionNest& nest);

template <class Visit>
void for_each_offset(const ReductionLoops& loops, Visit&& visit) {
  for (std::int64_t i = 0; i < loops.extents[0]; ++i)
    for (std::int64_t j = 0; j < loops.extents[1]; ++j)
      for (std::int64_t k = 0; k < loops.extents[2]; ++k)
        visit(i * loops.strides[0] + j * loops.strides[1] + k * loops.strides[2]);
}

}  // namespace mote::ops
