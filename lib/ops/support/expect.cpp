#include "lib/ops/support/expect.hpp"

#include <algorithm>

#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

std::string quoted_role(std::string_view role) { return "'" + std::string(role) + "'"; }

}  // namespace

std::string type_text(const TensorType& type) { return std::string(name_of(type.dtype)) + " " + type.shape.text(); }

Status expect_float(const OpView& op, std::size_t input, std::string_view role) {
  if (is_float(op.in(input).dtype)) return Ok{};
  return at(op, Code::unsupported_type,
            "input " + quoted_role(role) + " is " + type_text(op.in(input)) + ", expected f32 or f64",
            {"insert a Cast to float before this node"});
}

Status expect_numeric(const OpView& op, std::size_t input, std::string_view role) {
  if (op.in(input).dtype != DType::boolean) return Ok{};
  return at(op, Code::unsupported_type,
            "input " + quoted_role(role) + " is " + type_text(op.in(input)) + ", expected numbers",
            {"insert a Cast to a numeric type before this node"});
}

Status expect_same_dtype(const OpView& op, std::size_t input, std::string_view role) {
  if (op.in(input).dtype == op.in(0).dtype) return Ok{};
  return at(op, Code::unsupported_type,
            "input " + quoted_role(role) + " is " + std::string(name_of(op.in(input).dtype)) +
                ", expected the type of the first input, " + std::string(name_of(op.in(0).dtype)),
            {"insert a Cast so that both have one type"});
}

Status expect_rank(const OpView& op, std::size_t input, std::string_view role, std::size_t lowest,
                   std::size_t highest) {
  const Shape& shape = op.in(input).shape;
  if (shape.rank() >= lowest && shape.rank() <= highest) return Ok{};
  const std::string range =
      lowest == highest ? std::to_string(lowest) : std::to_string(lowest) + ".." + std::to_string(highest);
  return at(op, Code::shape_mismatch,
            "input " + quoted_role(role) + " is " + shape.text() + " of rank " + std::to_string(shape.rank()) +
                ", expected rank " + range,
            {"check the exported shape of this operand"});
}

Status expect_shape(const OpView& op, std::size_t input, std::string_view role, std::vector<std::int64_t> expected) {
  const Shape& shape = op.in(input).shape;
  if (std::ranges::equal(shape.extents(), expected)) return Ok{};
  return at(op, Code::shape_mismatch,
            "input " + quoted_role(role) + " is " + shape.text() + ", expected " +
                (expected.empty() ? "a scalar" : join(expected, "x")),
            {"check the exported shape of this operand"});
}

Status expect_constant(const OpView& op, std::size_t input, std::string_view role) {
  if (op.is_constant(input)) return Ok{};
  return at(op, Code::needs_constant, "input " + quoted_role(role) + " is computed at run time, expected a constant",
            {"export it as an initializer"});
}

Status expect_kernel_dtype(const OpView& op, std::initializer_list<DType> dtypes) {
  if (std::ranges::find(dtypes, op.in(0).dtype) != dtypes.end()) return Ok{};
  std::string known;
  for (const DType dtype : dtypes) known += (known.empty() ? "" : ", ") + std::string(name_of(dtype));
  return at(op, Code::unsupported_type,
            std::string(op.node.op->name) + " of " + std::string(name_of(op.in(0).dtype)) +
                " has no kernel, expected " + known,
            {"insert a Cast to " + std::string(name_of(*dtypes.begin())) + " before this node"});
}

Result<TensorType> make_type(const OpView& op, DType dtype, std::vector<std::int64_t> extents) {
  auto shape = Shape::make(std::move(extents));
  if (!shape) return at(op, shape.error().code, "output: " + shape.error().message);
  return TensorType{.dtype = dtype, .shape = *std::move(shape)};
}

}  // namespace mote::ops
