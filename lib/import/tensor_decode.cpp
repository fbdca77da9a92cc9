#include "lib/import/tensor_decode.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "lib/import/external_data.hpp"
#include "lib/import/half_float.hpp"
#include "lib/import/names.hpp"
#include "lib/support/checked.hpp"
#include "lib/support/sha256.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian and is copied as it is");

using Proto = onnx::TensorProto;
// TensorProto.DataType of IR version 10, which older protobuf classes do not name.
constexpr std::int64_t onnx_uint4 = 21, onnx_int4 = 22;

Diagnostic problem(const Proto& stored, Code code, std::string message, std::vector<std::string> help = {}) {
  return {.code = code, .message = std::move(message), .where = {.value = plain(stored.name())}, .help = std::move(help)};
}

// Number of elements in each typed field; strings are refused by type before.
std::int64_t typed_elements(const Proto& stored) {
  return std::int64_t{stored.float_data_size()} + stored.int32_data_size() + stored.int64_data_size() +
         stored.double_data_size() + stored.uint64_data_size() + stored.string_data_size();
}

// Copies one typed field; false if the field has another size, or a value that the element type cannot hold.
template <class T, class Field>
bool copy_field(const Field& field, Tensor& tensor) {
  const auto target = tensor.as<T>();
  if (static_cast<std::size_t>(field.size()) != target.size()) return false;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const auto value = field.Get(static_cast<int>(i));
    if constexpr (std::is_integral_v<T>)
      if (!std::in_range<T>(value)) return false;
    target[i] = static_cast<T>(value);
  }
  return true;
}

bool copy_typed(const Proto& stored, Tensor& tensor) {
  switch (tensor.dtype) {
    case DType::f32: return copy_field<float>(stored.float_data(), tensor);
    case DType::f64: return copy_field<double>(stored.double_data(), tensor);
    case DType::s8: return copy_field<std::int8_t>(stored.int32_data(), tensor);
    case DType::u8:
    case DType::boolean: return copy_field<std::uint8_t>(stored.int32_data(), tensor);
    case DType::s16: return copy_field<std::int16_t>(stored.int32_data(), tensor);
    case DType::u16: return copy_field<std::uint16_t>(stored.int32_data(), tensor);
    case DType::s32: return copy_field<std::int32_t>(stored.int32_data(), tensor);
    case DType::s64: return copy_field<std::int64_t>(stored.int64_data(), tensor);
    case DType::u32: return copy_field<std::uint32_t>(stored.uint64_data(), tensor);
    case DType::u64: return copy_field<std::uint64_t>(stored.uint64_data(), tensor);
  }
  return false;
}

std::optional<std::int64_t> decimal(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<Bytes> read_external_tensor(const Proto& stored, std::int64_t size, TensorSource& source) {
  if (!source.allow_external_data)
    return problem(stored, Code::external_data, "the tensor is stored in another file",
                   {"allow it with --allow-external-data, or export the model as one file"});
  ExternalRange range{.location = {}, .offset = 0, .length = size};
  for (const auto& entry : stored.external_data()) {
    if (entry.key() == "location") range.location = entry.value();
    if (entry.key() != "offset" && entry.key() != "length") continue;
    const auto value = decimal(entry.value());
    if (!value || *value < 0)
      return problem(stored, Code::external_data, entry.key() + " is " + shown(entry.value()) + ", no byte count");
    (entry.key() == "offset" ? range.offset : range.length) = *value;
  }
  if (range.length != size)
    return problem(stored, Code::external_data, "the tensor needs " + std::to_string(size) +
                                                    " bytes, its external data has " + std::to_string(range.length));
  auto bytes = read_external(source.folder, range);
  if (!bytes) {
    Diagnostic why = bytes.error();
    why.where.value = plain(stored.name());
    return why;
  }
  source.external.push_back({.tensor = stored.name(), .location = range.location, .offset = range.offset,
                             .length = size, .sha256 = sha256(*bytes)});
  return bytes;
}

// The raw bytes of the tensor, from raw_data or another file; nothing where it uses a typed field.
Result<std::optional<Bytes>> raw_bytes(const Proto& stored, std::int64_t size, TensorSource& source) {
  const bool external = stored.data_location() == Proto::EXTERNAL;
  const int stores = int{external} + int{stored.has_raw_data()} + int{typed_elements(stored) > 0};
  if (stores > 1) return problem(stored, Code::malformed_tensor, "the tensor has its elements in more than one place");
  if (stored.has_segment()) return problem(stored, Code::malformed_tensor, "the tensor is split into segments");
  if (external) {
    MOTE_TRY(Bytes bytes, read_external_tensor(stored, size, source));
    return std::optional(std::move(bytes));
  }
  if (!stored.has_raw_data()) return std::optional<Bytes>{};
  const std::string& raw = stored.raw_data();
  if (static_cast<std::int64_t>(raw.size()) != size)
    return problem(stored, Code::malformed_tensor, "raw_data has " + std::to_string(raw.size()) + " bytes, expected " +
                                                       std::to_string(size));
  const auto elements = std::as_bytes(std::span(raw));
  return std::optional(Bytes(elements.begin(), elements.end()));
}

Status charge(const Proto& stored, std::int64_t bytes, TensorSource& source) {
  source.constant_bytes += bytes;
  if (source.constant_bytes <= source.limits.constant_bytes) return Ok{};
  return problem(stored, Code::limit_exceeded,
                 "the constants need more than " + std::to_string(source.limits.constant_bytes) + " bytes");
}

Result<Shape> shape_of(const Proto& stored) {
  auto shape = Shape::make({stored.dims().begin(), stored.dims().end()});
  if (shape) return shape;
  Diagnostic why = shape.error();
  if (why.code != Code::limit_exceeded) why.code = Code::malformed_tensor;
  why.where.value = plain(stored.name());
  return why;
}

Result<Tensor> widen_halves(const Proto& stored, const Shape& shape, TensorSource& source) {
  const std::int64_t count = shape.elements();
  MOTE_TRY_STATUS(charge(stored, 4 * count, source));
  MOTE_TRY(const std::optional<Bytes> raw, raw_bytes(stored, 2 * count, source));
  if (!raw && stored.int32_data_size() != count)
    return problem(stored, Code::malformed_tensor, std::to_string(stored.int32_data_size()) + " elements, expected " +
                                                       std::to_string(count));
  Tensor tensor = Tensor::zeros(DType::f32, shape);
  const auto target = tensor.as<float>();
  for (std::size_t i = 0; i < target.size(); ++i) {
    std::uint16_t bits = 0;
    if (raw)
      std::memcpy(&bits, raw->data() + 2 * i, 2);
    else
      bits = static_cast<std::uint16_t>(stored.int32_data(static_cast<int>(i)));
    target[i] = stored.data_type() == Proto::FLOAT16 ? float_from_binary16(bits) : float_from_bfloat16(bits);
  }
  return tensor;
}

// Two elements in a byte, the first in its low half; typed data has one byte in each number. The half behind the last of
// an odd count is not read.
Result<Tensor> widen_half_bytes(const Proto& stored, const Shape& shape, TensorSource& source) {
  const std::int64_t count = shape.elements(), bytes = (count + 1) / 2;
  MOTE_TRY_STATUS(charge(stored, count, source));
  MOTE_TRY(const std::optional<Bytes> raw, raw_bytes(stored, bytes, source));
  if (!raw && stored.int32_data_size() != bytes)
    return problem(stored, Code::malformed_tensor, std::to_string(stored.int32_data_size()) + " bytes of two elements, expected " +
                                                       std::to_string(bytes));
  if (!raw && std::ranges::any_of(stored.int32_data(), [](std::int32_t pair) { return pair < -128 || pair > 255; }))
    return problem(stored, Code::malformed_tensor, "the stored elements do not fit the type " +
                                                       onnx_type_name(stored.data_type()));
  const bool is_signed = stored.data_type() == onnx_int4;
  Tensor tensor = Tensor::zeros(is_signed ? DType::s8 : DType::u8, shape);
  for (std::size_t i = 0; i < tensor.bytes.size(); ++i) {
    const auto pair = raw ? std::to_integer<unsigned>((*raw)[i / 2]) : static_cast<unsigned>(stored.int32_data(static_cast<int>(i / 2)));
    const unsigned element = (pair >> (i % 2 * 4)) & 15U;
    tensor.bytes[i] = static_cast<std::byte>(is_signed && element > 7 ? element | 0xF0U : element);
  }
  return tensor;
}

}  // namespace

Result<Tensor> decode_tensor(const Proto& stored, TensorSource& source, Widened widened) {
  MOTE_TRY(const Shape shape, shape_of(stored));
  if (is_half(stored.data_type()) && widened.floats) return widen_halves(stored, shape, source);
  if (is_half_byte(stored.data_type()) && widened.levels) return widen_half_bytes(stored, shape, source);
  const auto dtype = dtype_from_onnx(stored.data_type());
  if (!dtype)
    return problem(stored, Code::unsupported_type, "the tensor is of " + onnx_type_name(stored.data_type()),
                   is_half(stored.data_type()) ? std::vector<std::string>{"export the model in float32"}
                                               : std::vector<std::string>{});
  const std::int64_t size = shape.elements() * byte_size(*dtype);
  MOTE_TRY_STATUS(charge(stored, size, source));
  // Sizes are compared before anything of that size is allocated.
  MOTE_TRY(std::optional<Bytes> raw, raw_bytes(stored, size, source));
  if (!raw && typed_elements(stored) != shape.elements())
    return problem(stored, Code::malformed_tensor, std::to_string(typed_elements(stored)) + " elements, expected " +
                                                       std::to_string(shape.elements()) + " for " + shape.text());
  Tensor tensor{.dtype = *dtype, .shape = shape, .bytes = {}};
  if (raw) {
    tensor.bytes = *std::move(raw);
  } else {
    tensor.bytes.resize(static_cast<std::size_t>(size));
    if (!copy_typed(stored, tensor))
      return problem(stored, Code::malformed_tensor, "the stored elements do not fit the type " +
                                                         onnx_type_name(stored.data_type()));
  }
  if (*dtype == DType::boolean)
    for (std::byte& element : tensor.bytes) element = std::byte{element != std::byte{0}};
  return tensor;
}

Result<Tensor> decode_sparse(const onnx::SparseTensorProto& stored, TensorSource& source) {
  const Proto& named = stored.values();
  MOTE_TRY(const Tensor values, decode_tensor(stored.values(), source));
  MOTE_TRY(const Tensor indices, decode_tensor(stored.indices(), source));
  auto shape = Shape::make({stored.dims().begin(), stored.dims().end()});
  if (!shape) return problem(named, Code::malformed_tensor, "sparse tensor: " + shape.error().message);
  const std::int64_t size = shape->elements() * byte_size(values.dtype);
  if (size > source.limits.sparse_bytes)
    return problem(named, Code::limit_exceeded, "the dense form of the sparse tensor has " + std::to_string(size) +
                                                    " bytes, the limit is " + std::to_string(source.limits.sparse_bytes));
  MOTE_TRY_STATUS(charge(named, size, source));
  const std::int64_t count = values.shape.elements();
  const auto rank = static_cast<std::int64_t>(shape->rank());
  const bool flat = indices.shape.rank() == 1 && indices.shape[0] == count;
  const bool per_axis = indices.shape.rank() == 2 && indices.shape[0] == count && indices.shape[1] == rank;
  if (values.shape.rank() != 1 || indices.dtype != DType::s64 || !(flat || per_axis))
    return problem(named, Code::malformed_tensor, "sparse tensor: values of " + values.shape.text() +
                                                      " with indices of " + indices.shape.text());
  Tensor dense = Tensor::zeros(values.dtype, *shape);
  const auto index = indices.as<std::int64_t>();
  const std::vector<std::int64_t> strides = shape->strides();
  const auto width = static_cast<std::size_t>(byte_size(values.dtype));
  std::int64_t previous = -1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    std::int64_t position = flat ? index[i] : 0;
    for (std::size_t axis = 0; per_axis && !flat && axis < shape->rank(); ++axis) {
      const std::int64_t along = index[i * shape->rank() + axis];
      if (along < 0 || along >= (*shape)[axis]) return problem(named, Code::malformed_tensor, "sparse tensor: an index lies outside the shape");
      position += along * strides[axis];
    }
    if (position <= previous || position >= shape->elements())
      return problem(named, Code::malformed_tensor, "sparse tensor: indices are not ascending or lie outside the shape");
    std::memcpy(dense.bytes.data() + static_cast<std::size_t>(position) * width, values.bytes.data() + i * width, width);
    previous = position;
  }
  return dense;
}

bool is_half(std::int64_t data_type) { return data_type == Proto::FLOAT16 || data_type == Proto::BFLOAT16; }

bool is_half_byte(std::int64_t data_type) { return data_type == onnx_uint4 || data_type == onnx_int4; }

std::string onnx_type_name(std::int64_t data_type) {
  // TensorProto.DataType up to IR version 12.
  static constexpr std::array<std::string_view, 27> names{
      "undefined type", "float",    "uint8",     "int8",         "uint16",         "int16",      "int32",
      "int64",          "string",   "bool",      "float16",      "double",         "uint32",     "uint64",
      "complex64",      "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
      "uint4",          "int4",     "float4e2m1", "float8e8m0",  "uint2",          "int2"};
  if (data_type < 0 || data_type >= static_cast<std::int64_t>(names.size())) return "type " + std::to_string(data_type);
  return std::string(names[static_cast<std::size_t>(data_type)]);
}

}  // namespace mote
