#include "lib/ops/support/sampling.hpp"

#include <algorithm>

namespace mote::ops {

Shape shape_of(std::vector<std::int64_t> extents) {
  auto shape = Shape::make(std::move(extents));
  MOTE_CHECK(static_cast<bool>(shape));
  return *std::move(shape);
}

Shape random_shape(Rng& rng, std::size_t low_rank, std::size_t high_rank, std::int64_t max_extent) {
  const auto rank = rng.integer(static_cast<std::int64_t>(low_rank), static_cast<std::int64_t>(high_rank));
  std::vector<std::int64_t> extents(static_cast<std::size_t>(rank));
  for (auto& extent : extents) extent = rng.integer(1, max_extent);
  return shape_of(std::move(extents));
}

DType random_dtype(Rng& rng) {
  return rng.chance(2) ? DType::f32 : static_cast<DType>(rng.integer(0, static_cast<std::int64_t>(DType::boolean)));
}

std::vector<std::int64_t> extents_of(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

Shape random_operand_shape(Rng& rng, const Shape& result) {
  std::vector<std::int64_t> extents = extents_of(result);
  for (auto& extent : extents)
    if (rng.chance(3)) extent = 1;
  const auto dropped = rng.chance(2) ? rng.integer(0, static_cast<std::int64_t>(extents.size())) : 0;
  extents.erase(extents.begin(), extents.begin() + dropped);
  return shape_of(std::move(extents));
}

std::int64_t random_spelling(Rng& rng, std::size_t axis, std::size_t rank) {
  const auto front = static_cast<std::int64_t>(axis);
  return rng.chance(2) ? front : front - static_cast<std::int64_t>(rank);
}

Sample::Input integer_constant(DType dtype, Shape shape, const std::vector<std::int64_t>& values) {
  Tensor tensor = Tensor::zeros(dtype, std::move(shape));
  MOTE_CHECK(static_cast<std::size_t>(tensor.shape.elements()) == values.size());
  visit_dtype(dtype, [&]<class T>() {
    std::ranges::transform(values, tensor.as<T>().begin(), [](std::int64_t value) { return static_cast<T>(value); });
  });
  TensorType type{.dtype = dtype, .shape = tensor.shape};
  return {.type = std::move(type), .constant = std::move(tensor)};
}

}  // namespace mote::ops
