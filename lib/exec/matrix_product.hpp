#pragma once
#include <cstdint>
#include <vector>

namespace mote {

// Element (i, j) of an f32 matrix at data[i * row + j * column].
struct MatrixView {
  const float* data = nullptr;
  std::int64_t row = 0, column = 0;
};

// y [rows][columns], row-major, += left [rows][depth] x right [depth][columns]. Registers hold a tile of the result
// while the sums run over the whole depth, right comes repacked in panels of the tile's width (Goto & van de Geijn
// 2008). Fused multiply-adds where the host has them, so that bits differ between kinds of hosts, not between runs.
// `panel` is room that is kept from call to call.
void add_matrix_product(std::int64_t rows, std::int64_t depth, std::int64_t columns, MatrixView left, MatrixView right,
                        float* y, std::vector<float>& panel);

}  // namespace mote
