#include "float_bits.hpp"

extern "C" void mote_selftest_write(const char* text);

int main(void) {
  float_bits::write_all(mote_selftest_write);
  return 0;
}
