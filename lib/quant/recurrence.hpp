#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "lib/ir/tensor.hpp"
#include "lib/quant/grid.hpp"

// Recurrent layers in integers: the numbers of QuantizedLstm, QuantizedGru and QuantizedRnn
// (codegen/kernels/quantized_recurrent.hpp has the arithmetic).
namespace mote {

// Hidden states and the values of functions.
[[nodiscard]] Grid hidden_state_grid();
// Cells in 2^-places, 16 bits.
[[nodiscard]] Grid cell_grid(std::int64_t places);
// The most binary places with which 16 bits hold values of this magnitude and a quarter more; 0 at least.
[[nodiscard]] std::int64_t cell_places(double largest);

// A function on levels: a table of 513 values in 2^-15 and the size of a level, 2^-places, which covers what lies
// between the ends of saturation. Interpolated, it lies within 2^-13 of a sigmoid and 2^-12 of a hyperbolic tangent.
struct FunctionTable {
  std::int64_t places = 0;
  Tensor values{};
};
// Nothing for functions that leave [lowest, 1] (lowest >= -1) or do not level off by +-64.
[[nodiscard]] std::optional<FunctionTable> function_table(const std::function<double(double)>& function, double lowest);

// The gates of a layer: rows of w and r, their biases and how many binary places their levels have.
struct GateRows {
  struct Row {
    std::vector<double> w, r;
    double input_bias = 0.0, state_bias = 0.0;
    std::int64_t places = 0;
    bool splits = false;  // the state's part is a level of its own
  };
  std::vector<Row> rows{};
  Grid input{};
};

struct IntegerGates {
  std::vector<std::int8_t> w{}, r{};
  std::vector<std::int32_t> input_multiplier{}, state_multiplier{};
  std::vector<std::int32_t> bias{}, split_bias{};  // by row; of rows that split
  std::int64_t gate_shift = 0, level_shift = 8;
};

// Weights get one scale per row. Nothing: a number that is not finite, or sums and levels beyond 32 bits.
[[nodiscard]] std::optional<IntegerGates> quantize_gates(const GateRows& gates);

}  // namespace mote
