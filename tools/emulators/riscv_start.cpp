// Start-up for QEMU's RV32 "virt" machine: stack, traps, floating-point unit, .bss, main, exit. The image is loaded
// where it runs, so .data needs no copy.
#include <stdint.h>
#include <string.h>

#include "console.hpp"
#include "stack_use.hpp"

extern "C" {
extern uint8_t image_bss_start[], image_bss_end[], image_stack_top[];
int program(void) __asm("main");  // C++ does not let main be called by its name
void reset_handler(void);
void trap_handler(void);
__attribute__((used)) void start(void);
__attribute__((used)) void report_trap(void);
}

namespace {

constexpr int trap_exit_code = 120;
constexpr uint32_t most_painted = 0xF000;  // within what the linker script keeps for the stack

}  // namespace

void start(void) {
  memset(image_bss_start, 0, static_cast<size_t>(image_bss_end - image_bss_start));
  const stack_use::Range painted = stack_use::paint_stack(image_bss_end, most_painted);
  const int code = program();
  stack_use::report_stack(painted, image_stack_top);
  end_program(code);
}

void report_trap(void) {
  mote_selftest_write("\nprocessor trap\n");
  end_program(trap_exit_code);
}

__attribute__((naked, section(".start"), used)) void reset_handler(void) {
  __asm volatile(
      ".option push\n\t"
      ".option norelax\n\t"
      "la gp, __global_pointer$\n\t"
      ".option pop\n\t"
      "la sp, image_stack_top\n\t"
      ".option push\n\t"
      ".option arch, +zicsr\n\t"
      "la t0, trap_handler\n\t"
      "csrw mtvec, t0\n\t"
      "li t0, 0x2000\n\t"  // mstatus.FS = initial: floating-point instructions are legal from here
      "csrs mstatus, t0\n\t"
      ".option pop\n\t"
      "j start");
}

// mtvec keeps the mode in its low two bits: the handler must be aligned.
__attribute__((naked, aligned(4), used)) void trap_handler(void) {
  __asm volatile(
      "la sp, image_stack_top\n\t"
      "j report_trap");
}
