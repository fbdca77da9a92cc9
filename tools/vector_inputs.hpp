#pragma once
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// Inputs of golden vectors, one list in graph order per vector. `text` is a number of random vectors ("2"), or a file:
// a .npy for a model with one input, a .npz with one member per input; the first axis is the vector;
// ":40" behind the name takes the first 40. At most `limit`.
[[nodiscard]] Result<std::vector<std::vector<Tensor>>> vector_inputs(const Graph& graph, const std::string& text,
                                                                     std::int64_t limit = 1000);

}  // namespace mote
