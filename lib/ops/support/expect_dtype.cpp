#include "lib/ops/support/expect_dtype.hpp"

#include <algorithm>

#include "lib/ops/support/expect.hpp"

namespace mote::ops {

Status expect_dtype(const OpView& op, std::size_t input, std::string_view role, std::initializer_list<DType> dtypes) {
  if (std::ranges::find(dtypes, op.in(input).dtype) != dtypes.end()) return Ok{};
  std::string known;
  for (const DType dtype : dtypes) known += (known.empty() ? "" : ", ") + std::string(name_of(dtype));
  return at(op, Code::unsupported_type,
            "input '" + std::string(role) + "' is " + type_text(op.in(input)) + ", expected " + known,
            {"quantize this operand to a type that the operator takes"});
}

}  // namespace mote::ops
