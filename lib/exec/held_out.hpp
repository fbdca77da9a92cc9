#pragma once
#include <cstdint>
#include <vector>

namespace mote {

// Everything that learns from a set of samples leaves the same ones out, so that they can judge what one step has
// learned after another: a network that was fitted to them would look better than it is, and than what it then learns.
inline constexpr double usual_held_out = 0.2;

// By sample, whether it is left out: the rounded share of them, at least one and not all, drawn at random but always
// alike. A smaller share leaves out a part of what a larger one does. A single sample is not left out.
[[nodiscard]] std::vector<bool> held_out_of(std::int64_t samples, double share = usual_held_out);

}  // namespace mote
