#pragma once
#include <initializer_list>
#include <string_view>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// An operand of one of these element types; `role` as in expect.hpp.
[[nodiscard]] Status expect_dtype(const OpView& op, std::size_t input, std::string_view role,
                                  std::initializer_list<DType> dtypes);

}  // namespace mote::ops
