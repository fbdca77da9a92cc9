#pragma once
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// A tensor seen from two neighbouring axes, the rows and columns of images: [outer, height, width, inner], row-major.
struct ImageAxes {
  std::int64_t outer = 1, in_h = 1, in_w = 1, inner = 1, out_h = 1, out_w = 1;
};

// Of operators that compute `axis` and `axis` + 1 anew, as many rows as operand `rows` has elements and as many columns
// as operand `columns`, which are lists of s32 constants.
[[nodiscard]] Result<ImageAxes> image_axes(const OpView& op, std::size_t rows, std::size_t columns);
// The first operand's type with the new extents.
[[nodiscard]] Result<TensorType> image_type(const OpView& op, const ImageAxes& image);

// Every element of a list lies in lowest..highest.
[[nodiscard]] Status expect_positions(const OpView& op, std::size_t input, std::string_view role, std::int64_t lowest,
                                      std::int64_t highest);

// The kernels' fields outer, in_h, in_w, inner, out_h, out_w.
void append_image_fields(KernelCall& call, const ImageAxes& image);

}  // namespace mote::ops
