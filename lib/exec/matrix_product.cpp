#include "lib/exec/matrix_product.hpp"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mote {
namespace {

constexpr std::int64_t tile_rows = 6, tile_columns = 16;

// A tile of at most tile_rows x tile_columns sums; `panel` [depth][tile_columns].
struct Tile {
  std::int64_t rows = 0, columns = 0, depth = 0;
  MatrixView left{};
  const float* panel = nullptr;
  float* y = nullptr;
  std::int64_t y_row = 0;
};
using AddTile = void (*)(const Tile&);

void add_tile_anywhere(const Tile& tile) {
  std::array<std::array<float, tile_columns>, tile_rows> sums{};
  for (std::int64_t k = 0; k < tile.depth; ++k)
    for (std::int64_t i = 0; i < tile.rows; ++i) {
      const float factor = tile.left.data[i * tile.left.row + k * tile.left.column];
      auto& row = sums[static_cast<std::size_t>(i)];
      for (std::size_t j = 0; j < row.size(); ++j)
        row[j] += factor * tile.panel[k * tile_columns + static_cast<std::int64_t>(j)];
    }
  for (std::int64_t i = 0; i < tile.rows; ++i)
    for (std::int64_t j = 0; j < tile.columns; ++j)
      tile.y[i * tile.y_row + j] += sums[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
}

#if defined(__x86_64__)
// Twelve sums of eight in registers. The number of rows is a constant, so that no register is spilled.
template <std::size_t rows>
__attribute__((target("avx2,fma"))) void add_rows_avx2(const Tile& tile) {
  __m256 first[rows], second[rows];
  for (std::size_t i = 0; i < rows; ++i) first[i] = second[i] = _mm256_setzero_ps();
  const float* left = tile.left.data;
  const float* panel = tile.panel;
  for (std::int64_t k = 0; k < tile.depth; ++k, left += tile.left.column, panel += tile_columns) {
    const __m256 near = _mm256_loadu_ps(panel), far = _mm256_loadu_ps(panel + 8);
    for (std::size_t i = 0; i < rows; ++i) {
      const __m256 factor = _mm256_broadcast_ss(left + static_cast<std::int64_t>(i) * tile.left.row);
      first[i] = _mm256_fmadd_ps(factor, near, first[i]);
      second[i] = _mm256_fmadd_ps(factor, far, second[i]);
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    float* y = tile.y + static_cast<std::int64_t>(i) * tile.y_row;
    if (tile.columns == tile_columns) {
      _mm256_storeu_ps(y, _mm256_add_ps(_mm256_loadu_ps(y), first[i]));
      _mm256_storeu_ps(y + 8, _mm256_add_ps(_mm256_loadu_ps(y + 8), second[i]));
      continue;
    }
    std::array<float, tile_columns> sums;
    _mm256_storeu_ps(sums.data(), first[i]);
    _mm256_storeu_ps(sums.data() + 8, second[i]);
    for (std::int64_t j = 0; j < tile.columns; ++j) y[j] += sums[static_cast<std::size_t>(j)];
  }
}

void add_tile_avx2(const Tile& tile) {
  constexpr std::array<AddTile, tile_rows> by_rows{add_rows_avx2<1>, add_rows_avx2<2>, add_rows_avx2<3>,
                                                   add_rows_avx2<4>, add_rows_avx2<5>, add_rows_avx2<6>};
  by_rows[static_cast<std::size_t>(tile.rows - 1)](tile);
}

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0; }
#endif

AddTile fastest_tile() {
#if defined(__x86_64__)
  if (has_avx2()) return add_tile_avx2;
#endif
  return add_tile_anywhere;
}

// Columns [first, first + count) of right, filled up with zeros to the width of a tile.
void pack(MatrixView right, std::int64_t depth, std::int64_t first, std::int64_t count, float* panel) {
  for (std::int64_t k = 0; k < depth; ++k, panel += tile_columns) {
    const float* from = right.data + k * right.row + first * right.column;
    if (right.column == 1)
      std::copy_n(from, count, panel);
    else
      for (std::int64_t j = 0; j < count; ++j) panel[j] = from[j * right.column];
    std::fill(panel + count, panel + tile_columns, 0.0F);
  }
}

}  // namespace

void add_matrix_product(std::int64_t rows, std::int64_t depth, std::int64_t columns, MatrixView left, MatrixView right,
                        float* y, std::vector<float>& panel) {
  static const AddTile add_tile = fastest_tile();
  panel.resize(std::max(panel.size(), static_cast<std::size_t>(depth * tile_columns)));
  for (std::int64_t column = 0; column < columns; column += tile_columns) {
    const std::int64_t width = std::min(tile_columns, columns - column);
    pack(right, depth, column, width, panel.data());
    for (std::int64_t row = 0; row < rows; row += tile_rows)
      add_tile({.rows = std::min(tile_rows, rows - row),
                .columns = width,
                .depth = depth,
                .left = {left.data + row * left.row, left.row, left.column},
                .panel = panel.data(),
                .y = y + row * columns + column,
                .y_row = columns});
  }
}

}  // namespace mote
