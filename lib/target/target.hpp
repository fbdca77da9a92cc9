#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/support/result.hpp"

namespace mote {

enum class MemoryKind : std::uint8_t { ram, flash };

// One memory that the linker can place things in. Addresses are those of the linker, so AVR's data space starts at
// 0x800000. Regions never overlap.
struct MemoryRegion {
  std::string name{};  // unique within the target
  MemoryKind kind = MemoryKind::ram;
  std::int64_t origin = 0;
  std::int64_t bytes = 0;           // > 0, physical size
  std::int64_t reserved_bytes = 0;  // 0 .. bytes: kept for stack, heap and the rest of the firmware
  std::string section{};            // linker section that reaches it; empty: where the linker puts .bss and .rodata

  [[nodiscard]] std::int64_t usable_bytes() const { return bytes - reserved_bytes; }
};

enum class Fpu : std::uint8_t { none, single_precision, double_precision };

struct Cpu {
  Fpu fpu = Fpu::none;
  bool dsp = false;                  // Armv7E-M / Armv8-M DSP extension: 16-bit SIMD multiply-accumulate
  bool mve = false;                  // Armv8.1-M vector extension (Helium)
  std::int64_t alignment_bytes = 1;  // power of two: alignment of arena and weights that suits loads and vectors
};

// The cross compiler: "<prefix>g++" and the flags that select core, FPU and ABI. An empty prefix is the host's.
struct Compiler {
  std::string prefix{};
  std::vector<std::string> flags{};
};

// A microcontroller or board, as lib/target/parts/*.toml or a user's own file describes it.
struct Target {
  std::string name{};
  std::vector<std::string> aliases{};
  std::string description{};  // one line
  std::string core{};         // "cortex-m4", in the vendor's words
  std::string isa{};          // one of known_isas()
  std::int64_t clock_hz = 0;  // highest clock of the core
  Cpu cpu{};
  std::vector<MemoryRegion> memory{};
  std::size_t arena_region = 0;    // index into memory: the RAM that takes activations
  std::size_t weights_region = 0;  // index into memory: the flash that takes constants
  Compiler compiler{};
  std::string emulator_board{};  // board that `mote verify` runs the drop on; empty: none known

  [[nodiscard]] const MemoryRegion& arena() const { return memory[arena_region]; }
  [[nodiscard]] const MemoryRegion& weights() const { return memory[weights_region]; }
};

// Instruction-set families a description may name: "armv6-m", …, "rv32", "xtensa", "avr", "host".
[[nodiscard]] const std::vector<std::string>& known_isas();

// Physical totals over all regions of a kind, reserves included.
[[nodiscard]] std::int64_t ram_bytes(const Target& target);
[[nodiscard]] std::int64_t flash_bytes(const Target& target);

// The target with one RAM (flash) region of exactly `bytes`, all of it for mote: the user states a budget, so nothing
// is reserved from it and the other regions of that kind are gone. Fails with Code::usage unless 1 <= bytes <= 2^40.
[[nodiscard]] Result<Target> with_ram(const Target& target, std::int64_t bytes);
[[nodiscard]] Result<Target> with_flash(const Target& target, std::int64_t bytes);

// What a kernel's tiling depends on: registers and the price of a float multiplication.
enum class TargetClass : std::uint8_t {
  host_simd,   // wide vector registers, caches
  fpu,         // single-precision float in hardware
  soft_float,  // 32-bit integer core
  avr          // 8-bit core, constants in program memory
};
[[nodiscard]] TargetClass target_class(const Target& target);

}  // namespace mote
