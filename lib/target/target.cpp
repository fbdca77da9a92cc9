#include "lib/target/target.hpp"

#include <utility>

namespace mote {

namespace {

constexpr std::int64_t largest_override = std::int64_t{1} << 40;

std::int64_t total_bytes(const Target& target, MemoryKind kind) {
  std::int64_t total = 0;
  for (const MemoryRegion& region : target.memory) {
    if (region.kind == kind) total += region.bytes;
  }
  return total;
}

Diagnostic impossible_size(const char* option, std::int64_t bytes) {
  return {.severity = Severity::error,
          .code = Code::usage,
          .message = std::string(option) + " is " + std::to_string(bytes) + " bytes, must be 1.." +
                     std::to_string(largest_override),
          .where = {},
          .help = {}};
}

// The chosen region of `kind` alone, resized, and all regions of the other kind, in their order.
Target resized(const Target& target, MemoryKind kind, std::int64_t bytes) {
  const std::size_t chosen = kind == MemoryKind::ram ? target.arena_region : target.weights_region;
  Target result = target;
  result.memory.clear();
  for (std::size_t i = 0; i < target.memory.size(); ++i) {
    if (target.memory[i].kind == kind && i != chosen) continue;
    if (i == target.arena_region) result.arena_region = result.memory.size();
    if (i == target.weights_region) result.weights_region = result.memory.size();
    result.memory.push_back(target.memory[i]);
    if (i == chosen) {
      result.memory.back().bytes = bytes;
      result.memory.back().reserved_bytes = 0;
    }
  }
  return result;
}

}  // namespace

const std::vector<std::string>& known_isas() {
  static const std::vector<std::string> names{"armv6-m", "armv7-m", "armv7e-m", "armv8-m", "armv8.1-m",
                                              "rv32",    "xtensa",  "avr",      "host"};
  return names;
}

std::int64_t ram_bytes(const Target& target) { return total_bytes(target, MemoryKind::ram); }
std::int64_t flash_bytes(const Target& target) { return total_bytes(target, MemoryKind::flash); }

Result<Target> with_ram(const Target& target, std::int64_t bytes) {
  if (bytes < 1 || bytes > largest_override) return impossible_size("--ram", bytes);
  return resized(target, MemoryKind::ram, bytes);
}

Result<Target> with_flash(const Target& target, std::int64_t bytes) {
  if (bytes < 1 || bytes > largest_override) return impossible_size("--flash", bytes);
  return resized(target, MemoryKind::flash, bytes);
}

TargetClass target_class(const Target& target) {
  if (target.isa == "host") return TargetClass::host_simd;
  if (target.isa == "avr") return TargetClass::avr;
  return target.cpu.fpu == Fpu::none ? TargetClass::soft_float : TargetClass::fpu;
}

}  // namespace mote
