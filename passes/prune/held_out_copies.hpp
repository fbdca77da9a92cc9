#pragma once
#include <cstdint>
#include <vector>

namespace mote {

// By position among the chosen samples `indices`, of which sample i is made of source i % sources: whether its source is
// held out (lib/exec/held_out.hpp), so that no copy of a source that judges is among those that are learned from. At least
// one is held out and one is not, of two or more.
[[nodiscard]] std::vector<bool> made_of_held_out(const std::vector<std::int64_t>& indices, std::int64_t sources);

}  // namespace mote
