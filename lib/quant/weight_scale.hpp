#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace mote {

// Weights are stored as s8 levels w = scale * level, -127..127 (-128 where a model came with it), one scale per output
// channel, no zero point.
inline constexpr double largest_weight_level = 127.0;
// Weights of four bits: levels -7..7 (-8 where a model came with it), which two by two share a byte.
inline constexpr double largest_weight_level_of_4_bits = 7.0;

// The coarsest scale of which every weight is a whole multiple of at most 127 (128 downwards), within 1e-4 of a level;
// nothing if there is none. This is how weights that were quantized before, in whatever form they reached the graph
// (dequantized constants, rounded and rescaled arithmetic, a normalization folded in), keep their integers: a match
// represents them without loss, however it came about. All zeros: no scale.
[[nodiscard]] std::optional<double> exact_weight_scale(std::span<const double> weights);

// Whether weights lie on the levels -largest_level - 1..largest_level of some scale; zeros do.
[[nodiscard]] bool lie_on_levels(std::span<const double> weights, double largest_level);
// The level of a weight on this scale, nearest and limited.
[[nodiscard]] double nearest_weight_level(double weight, double scale, double largest_level);

// The scale that gives the largest magnitude the level 127, or another one; 0 for all zeros.
[[nodiscard]] double full_range_scale(std::span<const double> weights, double largest_level = largest_weight_level);

// The single-precision scale s, of about 0.4 to 1 times the full range's, that leaves the least error when each weight goes to its nearest level
// q of -largest_level..largest_level: sum of importance * (w - s q)^2. Where levels are few, large weights cut short cost
// less than all the others on a coarser scale. `importance`: of each weight, the mean square of what it multiplies.
[[nodiscard]] double searched_scale(std::span<const double> weights, std::span<const double> importance,
                                    double largest_level);

// Weights [...][channels], each channel to its nearest levels on the scale found for it by searched_scale, all weights
// alike; a channel that has levels within the largest already keeps them.
void round_to_levels(std::span<float> weights, std::size_t channels, double largest_level);

}  // namespace mote
