#pragma once
#include <array>
#include <utility>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/matrix_product.hpp"

namespace mote::ops {

// numpy.matmul: matrices in the last two axes of inputs 0 and 1, the axes before them broadcast. A left operand of rank
// 1 is a row, a right one a column; their axis of extent 1 vanishes from the output.
struct BatchedProduct {
  static constexpr std::size_t axes = Shape::max_rank - 2;

  MatrixProduct product{};
  // Row-major, right-aligned; a step of 0 broadcasts.
  std::array<std::int64_t, axes> extents{}, left_steps{}, right_steps{};
};

[[nodiscard]] Result<BatchedProduct> batched_product_of(const OpView& op);
[[nodiscard]] Result<TensorType> batched_product_type(const OpView& op, DType dtype);

// visit(start of the left matrix, start of the right one) for every matrix of the output, in row-major order.
template <class Visit>
void for_each_matrix(const BatchedProduct& batched, Visit&& visit) {
  const auto& [product, extents, left, right] = batched;
  for (std::int64_t b0 = 0; b0 < extents[0]; ++b0)
    for (std::int64_t b1 = 0; b1 < extents[1]; ++b1)
      for (std::int64_t b2 = 0; b2 < extents[2]; ++b2)
        for (std::int64_t b3 = 0; b3 < extents[3]; ++b3)
          visit(b0 * left[0] + b1 * left[1] + b2 * left[2] + b3 * left[3],
                b0 * right[0] + b1 * right[1] + b2 * right[2] + b3 * right[3]);
}

// The fields of codegen/kernels/matmul_f32.hpp without tile and clamp.
void append_batched_fields(KernelCall& call, const BatchedProduct& batched);

// Shapes of two operands, of any legal ranks.
[[nodiscard]] std::pair<Shape, Shape> sample_product_shapes(Rng& rng);

}  // namespace mote::ops
