#pragma once
#include <algorithm>

#include "lib/ir/graph.hpp"
#include "lib/support/check.hpp"

namespace mote {

// The first result that a node gives: some operators may leave out any of theirs, but not all.
[[nodiscard]] inline ValueId first_result(const Node& node) {
  const auto first = std::ranges::find_if(node.outputs, [](ValueId id) { return static_cast<bool>(id); });
  MOTE_CHECK(first != node.outputs.end());
  return *first;
}

}  // namespace mote
