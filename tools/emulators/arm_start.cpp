// Start-up for any Cortex-M board: vector table, floating-point unit, .data and .bss, main, exit.
#include <stdint.h>
#include <string.h>

#include "console.hpp"
#include "stack_use.hpp"

extern "C" {
extern uint8_t image_data_start[], image_data_end[], image_data_load[], image_bss_start[], image_bss_end[];
extern uint32_t image_stack_top[];
int program(void) __asm("main");  // C++ does not let main be called by its name
void reset_handler(void);
void fault_handler(void);
__attribute__((used)) void start(void);
__attribute__((used)) void report_fault(const uint32_t* frame);
}

namespace {

constexpr int fault_exit_code = 120;
constexpr uint32_t most_painted = 0xF000;  // within what the linker script keeps for the stack

volatile uint32_t& system_register(uintptr_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

void prepare_core() {
  volatile uint32_t& configuration_control = system_register(0xE000ED14u);
#if __ARM_ARCH == 6
  // Armv6-M faults on unaligned access; the board's Armv7-M core does so only when told to.
  configuration_control = configuration_control | (1u << 3);
#else
  volatile uint32_t& coprocessor_access = system_register(0xE000ED88u);
  coprocessor_access = coprocessor_access | (0xFu << 20);
  configuration_control = configuration_control & ~(1u << 3);
  __asm volatile("dsb\n\tisb" ::: "memory");
#endif
}

void write_hex(uint32_t value) {
  char text[9] = {};
  for (int i = 7; i >= 0; --i, value >>= 4) { text[i] = "0123456789abcdef"[value & 15u]; }
  mote_selftest_write(text);
}

}  // namespace

void start(void) {
  prepare_core();
  memcpy(image_data_start, image_data_load, static_cast<size_t>(image_data_end - image_data_start));
  memset(image_bss_start, 0, static_cast<size_t>(image_bss_end - image_bss_start));
  const stack_use::Range painted = stack_use::paint_stack(image_bss_end, most_painted);
  const int code = program();
  stack_use::report_stack(painted, reinterpret_cast<uint8_t*>(image_stack_top));
  end_program(code);
}

void report_fault(const uint32_t* frame) {
  mote_selftest_write("\nprocessor fault at 0x");
  write_hex(frame[6]);
  mote_selftest_write("\n");
  end_program(fault_exit_code);
}

__attribute__((naked)) void reset_handler(void) {
  __asm volatile(
      "ldr r0, =image_stack_top\n\t"
      "mov sp, r0\n\t"
      "ldr r0, =start\n\t"
      "bx r0\n\t"
      ".ltorg");
}

__attribute__((naked)) void fault_handler(void) {
  __asm volatile(
      "mrs r0, msp\n\t"
      "ldr r1, =report_fault\n\t"
      "bx r1\n\t"
      ".ltorg");
}

// Entries 0 and 1 are stack and entry point, 2..7 the faults, 11..15 system calls and timer; no other exception is on.
using Handler = void (*)(void);
struct Vectors {
  uint32_t* stack;
  Handler handlers[15];
};
extern "C" __attribute__((section(".vectors"), used)) const Vectors vectors = {
    image_stack_top,
    {reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, nullptr,
     nullptr, nullptr, fault_handler, fault_handler, nullptr, fault_handler, fault_handler}};
