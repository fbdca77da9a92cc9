#pragma once
#include "passes/pass.hpp"

namespace mote {

// drop-channels: leaves out the channels that no output depends on: those that are constant or 0 for every input, those
// whose every use is weighed with nothing but 0, and those whose terms are lost in the rounding of the sums that they
// enter (passes/prune/channel_facts.hpp says exactly when). Integer results stay the same bit for bit, so it comes after
// quantizing, where calibration has seen the whole network; real results stay within their rounding for inputs up to
// `largest_input`.
[[nodiscard]] Result<Graph> drop_channels(Graph graph, const PassContext& context);

}  // namespace mote
