#pragma once
#include <optional>
#include <span>

namespace mote {

// Weights are stored as s8 levels w = scale * level, -127..127 (-128 where a model came with it), one scale per output
// channel, no zero point.
inline constexpr double largest_weight_level = 127.0;

// The coarsest scale of which every weight is a whole multiple of at most 127 (128 downwards), within 1e-4 of a level;
// nothing if there is none. This is how weights that were quantized before, in whatever form they reached the graph
// (dequantized constants, rounded and rescaled arithmetic, a normalization folded in), keep their integers: a match
// represents them without loss, however it came about. All zeros: no scale.
[[nodiscard]] std::optional<double> exact_weight_scale(std::span<const double> weights);

// The scale that gives the largest magnitude the level 127; 0 for all zeros.
[[nodiscard]] double full_range_scale(std::span<const double> weights);

}  // namespace mote
