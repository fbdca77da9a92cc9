#include "passes/prune/held_out_copies.hpp"

#include <algorithm>

#include "lib/exec/held_out.hpp"

namespace mote {

std::vector<bool> made_of_held_out(const std::vector<std::int64_t>& indices, std::int64_t sources) {
  const std::vector<bool> of_source = held_out_of(sources);
  std::vector<bool> held_out;
  for (const std::int64_t index : indices) held_out.push_back(of_source[static_cast<std::size_t>(index % sources)]);
  if (held_out.size() < 2) return std::vector<bool>(held_out.size(), false);
  // Of a handful, all or none may be.
  if (std::ranges::find(held_out, false) == held_out.end()) held_out.front() = false;
  held_out.back() = held_out.back() || std::ranges::find(held_out, true) == held_out.end();
  return held_out;
}

}  // namespace mote
