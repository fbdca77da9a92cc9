#pragma once
#include "passes/rewriter.hpp"

namespace mote {

// The last step of all that a recurrent layer gives is its final state, Y_h: the sequence then need not be kept.
[[nodiscard]] bool last_step_to_state(Rewriter& rewriter, const Node& node);

}  // namespace mote
