#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/support/result.hpp"

namespace mote {

enum class DType : std::uint8_t { f32, f64, s8, u8, s16, u16, s32, u32, s64, u64, boolean };

[[nodiscard]] std::int64_t byte_size(DType dtype);
[[nodiscard]] std::string_view name_of(DType dtype);  // "f32", as the text form writes it
[[nodiscard]] std::string_view c_name(DType dtype);   // "float", "int8_t"; boolean is uint8_t holding 0 or 1
[[nodiscard]] std::optional<DType> dtype_named(std::string_view name);
// TensorProto.DataType of ONNX; nothing for the types mote does not compute with (float16, string, complex, …).
[[nodiscard]] std::optional<DType> dtype_from_onnx(std::int64_t data_type);
[[nodiscard]] constexpr bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::f64; }

// Calls f.template operator()<T>() with the C++ type that stores `dtype`; boolean is std::uint8_t.
template <class F>
decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f64: return f.template operator()<double>();
    case DType::s8: return f.template operator()<std::int8_t>();
    case DType::u8:
    case DType::boolean: return f.template operator()<std::uint8_t>();
    case DType::s16: return f.template operator()<std::int16_t>();
    case DType::u16: return f.template operator()<std::uint16_t>();
    case DType::s32: return f.template operator()<std::int32_t>();
    case DType::u32: return f.template operator()<std::uint32_t>();
    case DType::s64: return f.template operator()<std::int64_t>();
    case DType::u64: return f.template operator()<std::uint64_t>();
    case DType::f32: break;
  }
  return f.template operator()<float>();
}

// A static shape. `make` is the only door: extents >= 0, and the product of the non-zero extents fits, so that neither
// the element count nor a stride can overflow. Zero elements are legal (ONNX has
// empty tensors); operators that cannot work on them say so in their type rule.
class Shape {
 public:
  static constexpr std::size_t max_rank = 6;
  static constexpr std::int64_t max_elements = std::numeric_limits<std::int32_t>::max();  // kernels count in int32_t

  Shape() = default;  // scalar: rank 0, one element
  [[nodiscard]] static Result<Shape> make(std::vector<std::int64_t> extents);

  [[nodiscard]] std::size_t rank() const { return extents_.size(); }
  [[nodiscard]] std::int64_t operator[](std::size_t axis) const { return extents_[axis]; }
  [[nodiscard]] std::int64_t elements() const { return elements_; }
  [[nodiscard]] std::span<const std::int64_t> extents() const { return extents_; }
  // Elements to skip for one step along each axis, row-major.
  [[nodiscard]] std::vector<std::int64_t> strides() const;
  [[nodiscard]] std::string text() const;  // "1x3x32x32", "scalar"
  bool operator==(const Shape&) const = default;

 private:
  std::vector<std::int64_t> extents_;
  std::int64_t elements_ = 1;
};

// real = scale * (stored - zero point). `axis` empty: one scale for the whole tensor.
struct QuantParams {
  std::vector<float> scale{};
  std::vector<std::int32_t> zero_point{};
  std::optional<std::size_t> axis{};
  bool operator==(const QuantParams&) const = default;
};

struct TensorType {
  DType dtype = DType::f32;
  Shape shape{};
  std::optional<QuantParams> quant{};
  [[nodiscard]] std::int64_t bytes() const { return shape.elements() * byte_size(dtype); }
  bool operator==(const TensorType&) const = default;
};

}  // namespace mote
