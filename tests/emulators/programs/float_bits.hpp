// Float and integer arithmetic whose bits must not depend on the machine. C++14 without a library.
#ifndef MOTE_TESTS_EMULATORS_FLOAT_BITS_HPP
#define MOTE_TESTS_EMULATORS_FLOAT_BITS_HPP
#include <stdint.h>
#include <string.h>

namespace float_bits {

using Write = void (*)(const char*);

inline void write_word(Write write, const char* name, uint32_t word) {
  char text[10];
  for (int8_t i = 7; i >= 0; --i) {
    text[i] = "0123456789abcdef"[word & 15u];
    word >>= 4;
  }
  text[8] = '\n';
  text[9] = '\0';
  write(name);
  write(" ");
  write(text);
}

inline void write_float(Write write, const char* name, float value) {
  uint32_t word;
  memcpy(&word, &value, sizeof word);
  write_word(write, name, word);
}

// Volatile operands: the target's arithmetic is asked, not the compiler's.
inline void write_all(Write write) {
  volatile float third = 1.0f / 3.0f, tenth = 0.1f, large = 16777216.0f, small = 1.1754944e-38f, one = 1.0f;
  write_float(write, "sum", third + tenth);
  write_float(write, "difference", third - tenth);
  write_float(write, "product", third * tenth);
  write_float(write, "quotient", tenth / third);
  write_float(write, "tie to even", large + one);
  write_float(write, "subnormal", small * third);
  write_float(write, "subnormal sum", small * third + small * tenth);

  volatile float accumulator = 0.0f;
  for (int16_t i = 1; i <= 200; ++i) {
    accumulator = accumulator + third * static_cast<float>(i) - tenth / static_cast<float>(i);
  }
  write_float(write, "accumulated", accumulator);
  write_word(write, "truncated", static_cast<uint32_t>(static_cast<int32_t>(accumulator)));
  write_word(write, "truncated negative", static_cast<uint32_t>(static_cast<int32_t>(-accumulator)));
  write_word(write, "ordered", static_cast<uint32_t>((third > tenth) + 2 * (third < tenth) + 4 * (one == one)));

  volatile int32_t factor = 1518500249;
  volatile int16_t sample = -1234;
  write_word(write, "high product", static_cast<uint32_t>((static_cast<int64_t>(factor) * factor) >> 31));
  write_word(write, "shifted", static_cast<uint32_t>((static_cast<int32_t>(sample) * 77) >> 3));
}

}  // namespace float_bits

#endif
