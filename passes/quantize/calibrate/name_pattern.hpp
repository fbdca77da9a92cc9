#pragma once
#include <string_view>

namespace mote {

// Whether the whole name fits a pattern, in which "*" stands for any text and everything else for itself.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace mote
