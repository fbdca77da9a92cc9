// Console and exit for simavr. Its view of the UART is line-oriented and rewrites control characters, so bytes travel
// as lines of hexadecimal: ":" and up to 24 bytes of output, and at the end "=" and the exit code.
#include <stdint.h>

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "console.hpp"
#include "stack_use.hpp"

extern "C" uint8_t __heap_start;  // the C library's name for the end of .bss

namespace {

constexpr uint8_t bytes_per_line = 24;
stack_use::Range painted;

// A constructor, because start-up is the C library's: it runs after .bss is cleared and before main.
__attribute__((constructor, used)) void paint() { painted = stack_use::paint_stack(&__heap_start, 0xFFFF); }

void send(char byte) {
  UCSR0B = 1 << TXEN0;
  while ((UCSR0A & (1 << UDRE0)) == 0) {}
  UDR0 = static_cast<uint8_t>(byte);
}

void send_hex(uint8_t byte) {
  const uint8_t digits[2] = {static_cast<uint8_t>(byte >> 4), static_cast<uint8_t>(byte & 15)};
  for (uint8_t digit : digits) { send(static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10)); }
}

}  // namespace

extern "C" void mote_selftest_write(const char* text) {
  while (*text != '\0') {
    send(':');
    for (uint8_t i = 0; i < bytes_per_line && *text != '\0'; ++i, ++text) { send_hex(static_cast<uint8_t>(*text)); }
    send('\n');
  }
}

// Sleep with interrupts off can never end, so simavr does.
void end_program(int code) {
  send('=');
  send_hex(static_cast<uint8_t>(code));
  send('\n');
  cli();
  sleep_enable();
  for (;;) { sleep_cpu(); }
}

// The C library's start-up calls this with what main returned.
extern "C" void exit(int code) {
  stack_use::report_stack(painted, reinterpret_cast<uint8_t*>(RAMEND + 1));
  end_program(code);
}
