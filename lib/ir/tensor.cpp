#include "lib/ir/tensor.hpp"

#include <algorithm>
#include <limits>

namespace mote {
namespace {

template <class To, class From>
To convert_element(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // 2^63 as a float lies just above the largest int64: compare before converting, or the cast is undefined.
    if (!(value == value)) return To{0};
    if (value <= static_cast<From>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
    if (value >= static_cast<From>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
  }
  return static_cast<To>(value);
}

template <class To>
std::vector<To> all_as(const Tensor& tensor) {
  std::vector<To> values(static_cast<std::size_t>(tensor.shape.elements()));
  visit_dtype(tensor.dtype, [&]<class From>() {
    std::ranges::transform(tensor.as<From>(), values.begin(), [](From v) { return convert_element<To>(v); });
  });
  return values;
}

}  // namespace

Tensor Tensor::zeros(DType dtype, Shape shape) {
  const auto size = static_cast<std::size_t>(shape.elements() * byte_size(dtype));
  return {.dtype = dtype, .shape = std::move(shape), .bytes = Bytes(size)};
}

std::vector<std::int64_t> Tensor::to_integers() const { return all_as<std::int64_t>(*this); }
std::vector<double> Tensor::to_reals() const { return all_as<double>(*this); }

Tensor convert(const Tensor& tensor, DType dtype) {
  Tensor result = Tensor::zeros(dtype, tensor.shape);
  visit_dtype(tensor.dtype, [&]<class From>() {
    visit_dtype(dtype, [&]<class To>() {
      std::ranges::transform(tensor.as<From>(), result.as<To>().begin(), [dtype](From value) {
        return dtype == DType::boolean ? static_cast<To>(value != From{0}) : convert_element<To>(value);
      });
    });
  });
  return result;
}

}  // namespace mote
