#pragma once
#include "passes/quantize/diagnose/selective_run.hpp"
#include "tests/passes/quantizing.hpp"

// A network in which one value loses what 8 bits can hold.
namespace mote::test {

inline constexpr std::size_t loud = 5, dead = 3, channels = 16;

// h has a channel 500 times louder than the others, which the next layer reads with next to no weight, and a dead one.
inline Graph with_outlier(float weight_of_outlier = 0.001F) {
  Graph graph = graph_of(R"(graph ""
input %x : f32[1x8]
constant @w : f32[8x16] = random 1
constant @v : f32[16x4] = random 2
%h = Dense(%x, @w) {low=0.0} : f32[1x16]   // first (Gemm)
%y = Dense(%h, @v) : f32[1x4]   // second (Gemm)
output %y
)");
  scale_constant(graph, "w", loud, channels, 8, 500.0F);
  scale_constant(graph, "w", dead, channels, 8, 0.0F);
  scale_constant(graph, "v", 4 * loud, 1, 4, weight_of_outlier);
  return graph;
}

// The same with weights that lie on 8-bit levels, so that only activations lose anything.
inline Graph with_rounded_weights(Graph graph) {
  for (Value& value : graph.values) {
    if (!value.is_constant() || value.type.shape.rank() != 2) continue;
    const Tensor rounded = weights_on_levels({.dtype = DType::f32, .shape = value.type.shape, .bytes = *value.data});
    value.data = std::make_shared<const Bytes>(rounded.bytes);
  }
  return graph;
}

inline Graph calibrated(const Graph& graph, const QuantizeOptions& options) {
  return run_quantizing({"calibrate"}, graph, options);
}

}  // namespace mote::test
