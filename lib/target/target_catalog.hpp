#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lib/target/target.hpp"

namespace mote {

// The descriptions in lib/target/parts, compiled into mote.

// Names without aliases, sorted.
[[nodiscard]] std::vector<std::string> all_target_names();

// By name or alias. Code::unknown_target with the nearest names when there is none.
[[nodiscard]] Result<Target> find_target(std::string_view name);

// What --target takes: a name, or the path of a TOML file. Anything with a '/' or ending in ".toml" is a path.
[[nodiscard]] Result<Target> load_target(const std::string& name_or_path);

}  // namespace mote
