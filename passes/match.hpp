#pragma once
#include <algorithm>
#include <span>
#include <string_view>

namespace mote {

[[nodiscard]] inline bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace mote
