// What recurrent layers of integers share. Weights are s8 with one scale per row, inputs s8 or s16; the hidden state is
// s16 in 2^-15, and so are the values of all functions.
//
//   A gate's level is floor((floor((x w * input_multiplier + h r * state_multiplier) / 2^gate_shift) + bias) /
//   2^level_shift), both sums in 32 bits; the bias, in 2^-level_shift of a level, holds the zero point of x and the
//   half that rounds. Levels are limited to 16 bits where a table takes them. A function is a table of 513 values:
//   those of the levels -32768, -32640, .. 32768, and straight lines between them. y is round(hidden *
//   output_multiplier / 2^30) + zero_point, from lowest to highest.
// That nothing leaves its type was proven when the network was compiled.
#ifndef MOTE_KERNELS_QUANTIZED_RECURRENT_HPP
#define MOTE_KERNELS_QUANTIZED_RECURRENT_HPP
#include "fixed_point.hpp"
#include "recurrent.hpp"

namespace MOTE_NAMESPACE {

template <class Values>
inline int32_t sum_of_products(Values values, constant_pointer<int8_t> weights, int32_t count) {
  int32_t sum = 0;
  for (int32_t k = 0; k < count; ++k) { sum += static_cast<int32_t>(values[k]) * static_cast<int32_t>(weights[k]); }
  return sum;
}

inline int32_t function_value(constant_pointer<int16_t> table, int32_t level) {
  const int32_t position = clamp<int32_t>(level, -32768, 32767) + 32768;
  const int32_t index = shift_right(position, 7);
  const int32_t low = table[index];
  const int32_t high = table[index + 1];
  return low + shift_right((high - low) * (position - shift_left(index, 7)) + 64, 7);
}

// The constants of one direction.
struct RecurrentLevels {
  constant_pointer<int8_t> w;
  constant_pointer<int8_t> r;
  constant_pointer<int32_t> bias;
  constant_pointer<int32_t> input_multiplier;
  constant_pointer<int32_t> state_multiplier;

  // Those of the next direction: `rows` of weights and `biases` further on.
  template <class G>
  RecurrentLevels behind(int32_t rows, int32_t biases) const {
    return {w + rows * G::input, r + rows * G::hidden, bias + biases, input_multiplier + rows, state_multiplier + rows};
  }
};

// A gate from what its products have given already; `bias` of its row.
template <class G>
MOTE_ALWAYS_INLINE int32_t gate_level(int64_t products, int32_t bias) {
  return shift_right(static_cast<int32_t>(shift_right(products, G::gate_shift)) + bias, G::level_shift);
}

template <class G, class X>
inline int64_t input_products(const RecurrentLevels& levels, int32_t row, X x) {
  return static_cast<int64_t>(sum_of_products(x, levels.w + row * G::input, G::input)) * levels.input_multiplier[row];
}

template <class G>
inline int64_t state_products(const RecurrentLevels& levels, int32_t row, const int16_t* state) {
  return static_cast<int64_t>(sum_of_products(state, levels.r + row * G::hidden, G::hidden)) *
         levels.state_multiplier[row];
}

template <class G, class X>
inline int32_t gate_level_of(const RecurrentLevels& levels, int32_t row, X x, const int16_t* state) {
  return gate_level<G>(input_products<G>(levels, row, x) + state_products<G>(levels, row, state), levels.bias[row]);
}

template <class G>
struct StoreLevels {
  template <class Y>
  void operator()(const int16_t* hidden, Y* y) const {
    for (int32_t j = 0; j < G::hidden; ++j) {
      const int64_t scaled = static_cast<int64_t>(hidden[j]) * G::output_multiplier + 536870912;
      y[j] = clamp_to<Y>(static_cast<int32_t>(shift_right(scaled, 30)) + G::zero_point, G::lowest, G::highest);
    }
  }
  void operator()(const int16_t*, decltype(nullptr)) const {}
};

}  // namespace MOTE_NAMESPACE

#endif
