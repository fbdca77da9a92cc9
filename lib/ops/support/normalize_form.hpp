#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/walk.hpp"

namespace mote::ops {

// The loops of codegen/kernels/normalize_loops.hpp: over rows and over the elements of one; operand 0 is x, operand 1
// the parameters.
struct NormalizeForm {
  Walk kept{}, reduced{};
  std::int64_t count = 0;
};
inline constexpr AttrSpec normalize_axes_attr{.name = "axes", .kind = AttrKind::integers, .required = true};
inline constexpr AttrSpec normalize_center_attr{
    .name = "center", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1};

// Attribute axes; the parameters, if there are any, have the rank of x and along every axis its extent or 1. More than
// three loops of a kind are refused.
[[nodiscard]] Result<NormalizeForm> normalize_form(const OpView& op, const Shape* parameters);
// Whether such a node would be accepted.
[[nodiscard]] bool has_normalize_form(const Shape& x, const std::vector<std::size_t>& axes, const Shape* parameters);

// Rows follow each other, and so do the elements of a row.
[[nodiscard]] bool is_contiguous(const NormalizeForm& form);
void append_normalize_fields(KernelCall& call, const NormalizeForm& form);

// visit(index in x, in the parameters) for every position of a walk in row-major order.
template <class Visit>
void for_each_of(const Walk& walk, Visit&& visit) {
  std::vector<std::int64_t> at(walk.extents.size(), 0);
  std::int64_t positions = 1;
  for (const std::int64_t extent : walk.extents) positions *= extent;
  for (std::int64_t n = 0; n < positions; ++n) {
    std::int64_t x = 0, parameter = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      x += at[i] * walk.strides[0][i];
      parameter += at[i] * walk.strides[1][i];
    }
    visit(static_cast<std::size_t>(x), static_cast<std::size_t>(parameter));
    for (std::size_t i = at.size(); i-- > 0;) {
      if (++at[i] < walk.extents[i]) break;
      at[i] = 0;
    }
  }
}

// A random shape, axes and parameters that are accepted.
struct NormalizeSample {
  Shape x{}, parameters{};
  std::vector<std::int64_t> axes{};
};
[[nodiscard]] NormalizeSample sample_normalize(Rng& rng);

}  // namespace mote::ops
