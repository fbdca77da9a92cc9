#include "lib/plan/plan.hpp"

#include <algorithm>

namespace mote {

const Placement& Plan::placement(ValueId id) const {
  const auto found = std::ranges::lower_bound(placements, id, {}, &Placement::value);
  MOTE_CHECK(found != placements.end() && found->value == id);
  return *found;
}

}  // namespace mote
