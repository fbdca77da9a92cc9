#pragma once
#include <span>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/recurrent.hpp"
#include "lib/ops/support/requantize.hpp"

// What QuantizedRnn, QuantizedGru and QuantizedLstm share. Operands: x s8|s16 and the constants w, r s8 in ONNX's
// shapes, bias, input_multiplier, state_multiplier s32 by row, function tables s16 [513], then the initial states s16
// (may be left out). Results: Y s8|s16, Y_h s16, of the LSTM Y_c s16, each may be left out. Hidden states and values of
// functions are in 2^-15, cells in 2^-cell_bits. Arithmetic: codegen/kernels/quantized_recurrent.hpp.
namespace mote::ops {

enum QuantizedRecurrentOperand : std::size_t {
  bias_of_gates = 3,
  input_multiplier_of = 4,
  state_multiplier_of = 5,
  first_table_of = 6
};

inline constexpr std::int64_t function_table_size = 513;
inline constexpr std::int64_t largest_function_value = 32767;

struct QuantizedRecurrentKind {
  std::int64_t gates = 1;
  std::int64_t tables = 1;
  bool shares = false;    // the first table holds shares of something: none is negative
  bool has_cell = false;  // initial_c, Y_c

  [[nodiscard]] std::size_t initial_h() const { return first_table_of + static_cast<std::size_t>(tables); }
  [[nodiscard]] std::size_t operands() const { return initial_h() + (has_cell ? 2 : 1); }
  [[nodiscard]] std::size_t results() const { return has_cell ? 3 : 2; }
};

inline constexpr AttrSpec gate_shift_attr{
    .name = "gate_shift", .fallback = std::int64_t{24}, .lowest = 0, .highest = 46};
inline constexpr AttrSpec level_shift_attr{
    .name = "level_shift", .fallback = std::int64_t{8}, .lowest = 0, .highest = 8};
inline constexpr AttrSpec output_multiplier_attr = multiplier_attr("output_multiplier");
inline constexpr AttrSpec zero_point_attr{
    .name = "zero_point", .fallback = std::int64_t{0}, .lowest = -32768, .highest = 32767};

// `splits_last_gate`: the state's part of the last gate is a level of its own, with biases behind those of all gates
// (GRU with linear_before_reset).
[[nodiscard]] Result<Types> quantized_recurrent_types(const OpView& op, const QuantizedRecurrentKind& kind,
                                                      bool splits_last_gate);
[[nodiscard]] IntegerBounds quantized_recurrent_bounds(const OpView& op, const QuantizedRecurrentKind& kind,
                                                       Intervals inputs, bool splits_last_gate);
[[nodiscard]] std::int64_t quantized_recurrent_macs(const OpView& op, const QuantizedRecurrentKind& kind);
// `scratch`: elements besides the states that are no results.
[[nodiscard]] KernelCall quantized_recurrent_call(const OpView& op, const QuantizedRecurrentKind& kind,
                                                  const std::string& kernel, std::int64_t scratch);
[[nodiscard]] Sample sample_quantized_recurrent(Rng& rng, const QuantizedRecurrentKind& kind, bool splits_last_gate);

}  // namespace mote::ops
