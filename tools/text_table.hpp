#pragma once
#include <string>
#include <vector>

namespace mote {

using TextTable = std::vector<std::vector<std::string>>;  // rows of cells

// Lines for a terminal: the first column to the left, numbers to the right.
[[nodiscard]] std::string aligned(const TextTable& table);

}  // namespace mote
