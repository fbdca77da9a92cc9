#pragma once
#include <span>
#include <string_view>

namespace mote {

// One file of tools/emulators, byte for byte; the table is generated at build time, sorted by name.
struct EmulatorFile {
  std::string_view name;  // "arm_start.cpp"
  std::string_view text;
};
[[nodiscard]] std::span<const EmulatorFile> emulator_files();

}  // namespace mote
