// An operand that may be left out: the emitter passes nullptr, whose type tells the two cases apart at compile time.
#ifndef MOTE_KERNELS_OPERAND_HPP
#define MOTE_KERNELS_OPERAND_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class Pointer, class T>
MOTE_ALWAYS_INLINE T element_or(Pointer operand, int32_t index, T) {
  return operand[index];
}
template <class T>
MOTE_ALWAYS_INLINE T element_or(decltype(nullptr), int32_t, T absent) {
  return absent;
}

// The operand from an element on.
template <class Pointer>
MOTE_ALWAYS_INLINE Pointer operand_from(Pointer operand, int32_t index) {
  return operand + index;
}
MOTE_ALWAYS_INLINE decltype(nullptr) operand_from(decltype(nullptr), int32_t) { return nullptr; }

}  // namespace MOTE_NAMESPACE

#endif
