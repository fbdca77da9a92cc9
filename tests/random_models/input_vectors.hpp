#pragma once
#include <span>

#include "tests/random_models/draft.hpp"

namespace mote::random_models {

constexpr std::size_t vectors_per_case = 6;

// Elements within the ranges twice, all lowest, all highest (infinite, for floats), then mixtures per input: the ends
// of the type and what lies beside them, NaN, zeros of both signs and denormal numbers for floats, random bits.
[[nodiscard]] std::vector<std::vector<Tensor>> input_vectors(const Graph& graph, std::span<const Range> ranges,
                                                             Rng& rng);

}  // namespace mote::random_models
