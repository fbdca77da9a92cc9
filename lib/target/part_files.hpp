#pragma once
#include <span>
#include <string_view>

namespace mote {

// One file of lib/target/parts, byte for byte; the table is generated at build time, sorted by name.
struct PartFile {
  std::string_view name;  // "stm32f411re.toml"
  std::string_view text;
};
[[nodiscard]] std::span<const PartFile> part_files();

}  // namespace mote
