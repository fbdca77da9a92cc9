// Arm semihosting: a breakpoint that the emulator answers. Operation in r0, argument in r1.
#include <stdint.h>

#include "console.hpp"

namespace {

constexpr uint32_t sys_write0 = 0x04;         // r1: zero-terminated text
constexpr uint32_t sys_exit_extended = 0x20;  // r1: {reason, code}
constexpr uint32_t application_exit = 0x20026;

void call_host(uint32_t operation, const void* argument) {
  register uint32_t r0 __asm("r0") = operation;
  register const void* r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

}  // namespace

extern "C" void mote_selftest_write(const char* text) { call_host(sys_write0, text); }

void end_program(int code) {
  const uint32_t block[2] = {application_exit, static_cast<uint32_t>(code)};
  call_host(sys_exit_extended, block);
  for (;;) {}
}
