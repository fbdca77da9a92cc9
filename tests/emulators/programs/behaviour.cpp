// One program, several ways to behave: BEHAVIOUR chooses.
#include <stdint.h>
#include <string.h>

extern "C" void mote_selftest_write(const char* text);

#define RETURNS_42 1
#define ENDLESS 2
#define UNDEFINED_INSTRUCTION 3
#define UNALIGNED_READ 4
#define ALL_BYTES 5
#define MEMORY 6
#define STATIC_INITIALISER 7
#define FLOOD 8
#define USES_STACK 9

#if BEHAVIOUR == STATIC_INITIALISER
static uint32_t runtime_value() {
  volatile uint32_t value = 3;
  return value;
}
static uint32_t initialised = runtime_value();
#endif

#if BEHAVIOUR == MEMORY
static uint32_t zeroed[64];
static uint32_t initialised[4] = {1, 2, 3, 0xDEADBEEF};
static const uint32_t constant[4] = {5, 6, 7, 8};
// Sections that no linker script names, as a target's description may ask for them.
#if defined(__AVR__)
#define CONSTANT
#else
#define CONSTANT __attribute__((section(".some_flash")))
#endif
CONSTANT static const uint32_t far_constant[2] = {9, 10};
__attribute__((section(".some_ram"))) static uint32_t placed[16];

static uint32_t fill_and_add() {
  uint32_t sum = 0;
  for (uint8_t i = 0; i < 64; ++i) { sum |= zeroed[i]; }
  memset(placed, 1, sizeof placed);
  memcpy(zeroed, placed, sizeof placed);
  memmove(zeroed + 1, zeroed, sizeof placed);
  volatile uint8_t index = 3;
  return sum + initialised[index] + constant[index] + far_constant[index - 2] + zeroed[16];
}
#endif

#if BEHAVIOUR == USES_STACK
__attribute__((noinline)) static int sum_of_array() {
  volatile uint8_t array[STACK_BYTES];
  for (uint32_t i = 0; i < STACK_BYTES; ++i) { array[i] = static_cast<uint8_t>(i & 1u); }
  return array[1] + array[2];
}
#endif

int main(void) {
#if BEHAVIOUR == RETURNS_42
  return 42;
#elif BEHAVIOUR == ENDLESS
  mote_selftest_write("started\n");
  for (volatile uint8_t i = 0;; i = static_cast<uint8_t>(i + 1)) {}
#elif BEHAVIOUR == UNDEFINED_INSTRUCTION
#if defined(__arm__)
  __asm volatile("udf #0");
#elif defined(__riscv)
  __asm volatile("unimp");
#endif
  return 0;
#elif BEHAVIOUR == UNALIGNED_READ
  static uint32_t words[2] = {0x44332211, 0x88776655};
  volatile uintptr_t address = reinterpret_cast<uintptr_t>(words) + 1;
  uint32_t value = 0;
#if defined(__arm__)
  __asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
#endif
  return value == 0x55443322 ? 0 : 1;
#elif BEHAVIOUR == ALL_BYTES
  char text[256];
  for (uint16_t i = 0; i < 255; ++i) { text[i] = static_cast<char>(i + 1); }
  text[255] = '\0';
  mote_selftest_write(text);
  mote_selftest_write("");
  mote_selftest_write(text);
  return 0;
#elif BEHAVIOUR == MEMORY
  return fill_and_add() == 0xDEADBEEF + 18u + 0x01010101u ? 0 : 1;
#elif BEHAVIOUR == STATIC_INITIALISER
  return static_cast<int>(initialised);
#elif BEHAVIOUR == FLOOD
  for (;;) {
    mote_selftest_write(
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789");
  }
#elif BEHAVIOUR == USES_STACK
  return sum_of_array();
#else
  this does not compile;
#endif
}
