#pragma once
#include <cstdint>
#include <limits>

#include "lib/support/check.hpp"

namespace mote::ops {

// A number of a geometry struct. Shape::make and resolve_window bound everything that is derived from a node.
[[nodiscard]] inline std::int32_t field(std::int64_t value) {
  MOTE_CHECK(value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max());
  return static_cast<std::int32_t>(value);
}

}  // namespace mote::ops
