#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// The questions that most type rules begin with. `role` is the operand's name in the operator's documentation ("W").
[[nodiscard]] std::string type_text(const TensorType& type);  // "f32 1x3x32x32"
[[nodiscard]] Status expect_float(const OpView& op, std::size_t input, std::string_view role);
[[nodiscard]] Status expect_numeric(const OpView& op, std::size_t input, std::string_view role);
[[nodiscard]] Status expect_same_dtype(const OpView& op, std::size_t input, std::string_view role);  // as input 0
[[nodiscard]] Status expect_rank(const OpView& op, std::size_t input, std::string_view role, std::size_t lowest,
                                 std::size_t highest = Shape::max_rank);
[[nodiscard]] Status expect_shape(const OpView& op, std::size_t input, std::string_view role,
                                  std::vector<std::int64_t> expected);
[[nodiscard]] Status expect_constant(const OpView& op, std::size_t input, std::string_view role);
// For lowering: the kernel of this operator exists for `dtypes` of the first input only.
[[nodiscard]] Status expect_kernel_dtype(const OpView& op, std::initializer_list<DType> dtypes);

// Shape::make with the node's place in the diagnostic.
[[nodiscard]] Result<TensorType> make_type(const OpView& op, DType dtype, std::vector<std::int64_t> extents);

}  // namespace mote::ops
