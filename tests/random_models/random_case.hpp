#pragma once
#include <cstdint>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote::random_models {

// A network put together from the operators' own samples, and what to run it on.
struct Case {
  std::uint64_t number = 0;
  Graph graph{};                              // Stage::imported
  std::vector<std::vector<Tensor>> inputs{};  // one list per vector, in the graph's order of inputs
};

// Every operator with a sampler takes part. Chains, branches, values used twice, views, constants and changes between
// integers and floats occur; most networks have 3 to 12 nodes and tensors of some hundred elements at most. The same
// number gives the same case as long as the operators and their samplers stay as they are.
[[nodiscard]] Case random_case(std::uint64_t number);

}  // namespace mote::random_models
