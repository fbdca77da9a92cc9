// How deep the stack grew while the program ran: what lies below the stack pointer is painted before main, and searched
// for the lowest byte that changed after it. The figure holds main and everything it calls, on this input.
#ifndef MOTE_EMULATORS_STACK_USE_HPP
#define MOTE_EMULATORS_STACK_USE_HPP

#include <stdint.h>

#if defined(__AVR__)
#include <avr/io.h>
#endif

#include "console.hpp"

namespace stack_use {

constexpr uint8_t paint = 0xC5;

// The painted bytes.
struct Range {
  volatile uint8_t* lowest;
  volatile uint8_t* end;
};

inline uint8_t* stack_pointer() {
#if defined(__AVR__)
  return reinterpret_cast<uint8_t*>(SP);
#else
  uint8_t* pointer;
#if defined(__riscv)
  __asm volatile("mv %0, sp" : "=r"(pointer));
#else
  __asm volatile("mov %0, sp" : "=r"(pointer));
#endif
  return pointer;
#endif
}

// At most `most` bytes, none of them below `bottom`. Nothing is called while painting, and no interrupt comes.
inline Range paint_stack(uint8_t* bottom, uint32_t most) {
  uint8_t* const end = stack_pointer();
  uint8_t* const lowest = static_cast<uint32_t>(end - bottom) > most ? end - most : bottom;
  for (volatile uint8_t* place = lowest; place != end; ++place) { *place = paint; }
  return {lowest, end};
}

// Ends the output with byte 4 (end of transmission) and the used bytes below `top` in eight hexadecimal digits; all
// ones when the stack grew through everything that was painted.
inline void report_stack(const Range& range, const uint8_t* top) {
  volatile uint8_t* place = range.lowest;
  while (place != range.end && *place == paint) { ++place; }
  uint32_t used = place == range.lowest ? 0xFFFFFFFFu : static_cast<uint32_t>(top - const_cast<uint8_t*>(place));
  char text[10] = {'\x04'};
  for (int i = 8; i > 0; --i, used >>= 4) { text[i] = "0123456789abcdef"[used & 15u]; }
  mote_selftest_write(text);
}

}  // namespace stack_use

#endif
