#include "lib/ir/type.hpp"

#include <algorithm>
#include <array>

#include "lib/support/checked.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

struct DTypeInfo {
  DType dtype;
  std::string_view name, c_name;
  std::int64_t bytes;
  std::int64_t onnx;  // TensorProto.DataType
};

constexpr std::array<DTypeInfo, 11> table{{
    {DType::f32, "f32", "float", 4, 1},      {DType::f64, "f64", "double", 8, 11},
    {DType::s8, "s8", "int8_t", 1, 3},       {DType::u8, "u8", "uint8_t", 1, 2},
    {DType::s16, "s16", "int16_t", 2, 5},    {DType::u16, "u16", "uint16_t", 2, 4},
    {DType::s32, "s32", "int32_t", 4, 6},    {DType::u32, "u32", "uint32_t", 4, 12},
    {DType::s64, "s64", "int64_t", 8, 7},    {DType::u64, "u64", "uint64_t", 8, 13},
    {DType::boolean, "bool", "uint8_t", 1, 9},
}};

const DTypeInfo& info(DType dtype) { return table[static_cast<std::size_t>(dtype)]; }

}  // namespace

std::int64_t byte_size(DType dtype) { return info(dtype).bytes; }
std::string_view name_of(DType dtype) { return info(dtype).name; }
std::string_view c_name(DType dtype) { return info(dtype).c_name; }

std::optional<DType> dtype_named(std::string_view name) {
  for (const DTypeInfo& row : table)
    if (row.name == name) return row.dtype;
  return std::nullopt;
}

std::optional<DType> dtype_from_onnx(std::int64_t data_type) {
  for (const DTypeInfo& row : table)
    if (row.onnx == data_type) return row.dtype;
  return std::nullopt;
}

Result<Shape> Shape::make(std::vector<std::int64_t> extents) {
  if (extents.size() > max_rank)
    return Diagnostic{.code = Code::limit_exceeded,
                      .message = "rank " + std::to_string(extents.size()) + " is above the limit of " +
                                 std::to_string(max_rank)};
  Shape shape;
  std::int64_t nonzero = 1;
  for (const std::int64_t extent : extents) {
    if (extent < 0)
      return Diagnostic{.code = Code::shape_mismatch, .message = "extent " + std::to_string(extent) + " is negative"};
    const auto product = checked_mul(nonzero, std::max<std::int64_t>(extent, 1));
    if (!product || *product > max_elements)
      return Diagnostic{.code = Code::limit_exceeded,
                        .message = "a tensor of " + join(extents, "x") + " has 2^31 or more elements"};
    nonzero = *product;
    shape.elements_ *= extent;
  }
  shape.extents_ = std::move(extents);
  return shape;
}

std::vector<std::int64_t> Shape::strides() const {
  std::vector<std::int64_t> steps(rank(), 1);
  for (std::size_t axis = rank(); axis > 1; --axis) steps[axis - 2] = steps[axis - 1] * extents_[axis - 1];
  return steps;
}

std::string Shape::text() const { return extents_.empty() ? "scalar" : join(extents_, "x"); }

}  // namespace mote
