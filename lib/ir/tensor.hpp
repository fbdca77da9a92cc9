#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "lib/ir/type.hpp"
#include "lib/support/check.hpp"

namespace mote {

using Bytes = std::vector<std::byte>;
using Blob = std::shared_ptr<const Bytes>;  // immutable: copying a graph never copies weights

// Elements in row-major order, little-endian, as they are stored in a Blob.
template <class T>
[[nodiscard]] std::span<const T> elements_of(const Bytes& bytes) {
  MOTE_CHECK(bytes.size() % sizeof(T) == 0);
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

// A tensor that is being computed with: what the interpreter and the array files hold.
struct Tensor {
  DType dtype = DType::f32;
  Shape shape{};
  Bytes bytes{};

  [[nodiscard]] static Tensor zeros(DType dtype, Shape shape);
  // Every element as T with C++ conversion rules; for small integer operands such as shapes and axes.
  [[nodiscard]] std::vector<std::int64_t> to_integers() const;
  [[nodiscard]] std::vector<double> to_reals() const;

  template <class T>
  [[nodiscard]] std::span<T> as() {
    MOTE_CHECK(sizeof(T) == static_cast<std::size_t>(byte_size(dtype)));
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <class T>
  [[nodiscard]] std::span<const T> as() const {
    MOTE_CHECK(sizeof(T) == static_cast<std::size_t>(byte_size(dtype)));
    return elements_of<T>(bytes);
  }
};

// Element-wise C++ conversion; out-of-range floats saturate, NaN becomes 0, boolean targets become 0 or 1.
[[nodiscard]] Tensor convert(const Tensor& tensor, DType dtype);

}  // namespace mote
