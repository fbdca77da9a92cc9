// How an integer kernel ends: the clamp, and behind it a function of the level, if one follows the layer, as a table.
//
//   level = clamp(value, lowest, highest)     result = has_table ? table[level + 128] : level
//   table [256] of the result's type, a constant; nullptr when the geometry has none.
// Fields: lowest, highest (int32_t), has_table (bool). With a table they lie in -128 .. 127, else in the result's type.
#ifndef MOTE_KERNELS_QUANTIZED_RESULT_HPP
#define MOTE_KERNELS_QUANTIZED_RESULT_HPP

#include "fixed_point.hpp"

namespace MOTE_NAMESPACE {

template <class G, class Output>
MOTE_ALWAYS_INLINE Output quantized_result(int32_t value, constant_pointer<Output> table) {
  if (G::has_table) { return table[clamp<int32_t>(value, G::lowest, G::highest) + 128]; }
  return clamp_to<Output>(value, G::lowest, G::highest);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_RESULT_HPP
