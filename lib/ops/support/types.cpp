#include "lib/ops/support/types.hpp"

#include <limits>

namespace mote::ops {

Result<Shape> make_shape(const OpView& op, std::vector<std::int64_t> extents) {
  auto shape = Shape::make(std::move(extents));
  if (!shape) return at(op, shape.error().code, shape.error().message);
  return shape;
}

TensorType moved(const TensorType& from, Shape shape) {
  TensorType result{.dtype = from.dtype, .shape = std::move(shape), .quant = from.quant};
  if (result.quant && result.quant->axis) result.quant.reset();
  return result;
}

Status require_same_dtype(const OpView& op, std::size_t first, std::size_t second) {
  const DType a = op.in(first).dtype;
  const DType b = op.in(second).dtype;
  if (a == b) return Ok{};
  return at(op, Code::unsupported_type,
            "inputs " + std::to_string(first) + " (" + std::string(name_of(a)) + ") and " + std::to_string(second) +
                " (" + std::string(name_of(b)) + ") differ in element type",
            {"insert a Cast in front of one of them"});
}

std::int32_t field(std::int64_t value) {
  MOTE_CHECK(value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max());
  return static_cast<std::int32_t>(value);
}

std::string type_name(DType dtype) { return std::string(c_name(dtype)); }

}  // namespace mote::ops
