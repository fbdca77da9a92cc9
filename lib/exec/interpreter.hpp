#pragma once
#include <functional>
#include <span>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/ops/evaluate.hpp"

namespace mote {

// Called with every value as soon as it is computed.
using ValueObserver = std::function<void(ValueId, const Tensor&)>;

// Runs a graph on the host, node by node: the reference that emitted code is compared with.
//   Precision::single     bit-identical with the emitted float code (same order of operations, contraction off)
//   Precision::reference  every float tensor in double: the oracle for accuracy
// `inputs` in graph order, of the declared element types and shapes (checked); outputs likewise, float outputs as f32
// in single and f64 in reference precision.
[[nodiscard]] Result<std::vector<Tensor>> interpret(const Graph& graph, std::span<const Tensor> inputs,
                                                    Precision precision = Precision::single,
                                                    const ValueObserver& observe = {});

// Random inputs for a graph: floats uniform in [-1, 1), integers in [0, 3]; the same for the same seed everywhere.
[[nodiscard]] std::vector<Tensor> random_inputs(const Graph& graph, std::uint64_t seed);

}  // namespace mote
