// RISC-V semihosting: three instructions that the emulator recognises. Operation in a0, argument in a1.
#include <stdint.h>

#include "console.hpp"

extern "C" __attribute__((naked, noinline, used)) void call_host(uint32_t operation, const void* argument);

// The three must be uncompressed and lie in one page, which the alignment ensures.
void call_host(uint32_t, const void*) {
  __asm volatile(
      ".option push\n\t"
      ".option norvc\n\t"
      ".balign 16\n\t"
      "slli x0, x0, 0x1f\n\t"
      "ebreak\n\t"
      "srai x0, x0, 0x7\n\t"
      "ret\n\t"
      ".option pop");
}

namespace {

constexpr uint32_t sys_write0 = 0x04;         // a1: zero-terminated text
constexpr uint32_t sys_exit_extended = 0x20;  // a1: {reason, code}
constexpr uint32_t application_exit = 0x20026;

}  // namespace

extern "C" void mote_selftest_write(const char* text) { call_host(sys_write0, text); }

void end_program(int code) {
  const uint32_t block[2] = {application_exit, static_cast<uint32_t>(code)};
  call_host(sys_exit_extended, block);
  for (;;) {}
}
