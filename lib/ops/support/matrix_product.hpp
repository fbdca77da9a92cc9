#pragma once
#include <algorithm>
#include <vector>

#include "lib/ops/support/wrapping.hpp"

namespace mote::ops {

// Element (i, j) of a matrix at i * row + j * column: covers transposed and broadcast operands.
struct MatrixSteps {
  std::int64_t row = 0, column = 0;
};

struct MatrixProduct {
  std::int64_t rows = 0, depth = 0, columns = 0;
  MatrixSteps left{}, right{};
};

// y [rows][columns] += left x right, with y holding the start of each sum: k upwards, one multiplication, then one
// addition each. Integers wrap. The order that every matrix kernel documents.
template <class T>
void add_matrix_product(const MatrixProduct& product, const T* left, const T* right, T* y) {
  for (std::int64_t i = 0; i < product.rows; ++i, y += product.columns)
    for (std::int64_t k = 0; k < product.depth; ++k) {
      const T factor = left[i * product.left.row + k * product.left.column];
      const T* row = right + k * product.right.row;
      for (std::int64_t j = 0; j < product.columns; ++j)
        y[j] = wrapping_add(y[j], wrapping_multiply(factor, row[j * product.right.column]));
    }
}

}  // namespace mote::ops
