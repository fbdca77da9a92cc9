#pragma once
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// Building blocks of OpDef::sample.

// A shape of rank low_rank..high_rank with extents 1..max_extent.
[[nodiscard]] Shape random_shape(Rng& rng, std::size_t low_rank, std::size_t high_rank, std::int64_t max_extent);
// Mostly f32; every other element type now and then.
[[nodiscard]] DType random_dtype(Rng& rng);
[[nodiscard]] std::vector<std::int64_t> extents_of(const Shape& shape);
[[nodiscard]] Shape shape_of(std::vector<std::int64_t> extents);  // of extents that are known to be legal

// A shape that broadcasts to `result`: some extents replaced by 1, some leading axes left out.
[[nodiscard]] Shape random_operand_shape(Rng& rng, const Shape& result);
// `axis` counted from the front or, half of the time, from the back.
[[nodiscard]] std::int64_t random_spelling(Rng& rng, std::size_t axis, std::size_t rank);
[[nodiscard]] Sample::Input integer_constant(DType dtype, Shape shape, const std::vector<std::int64_t>& values);

}  // namespace mote::ops
