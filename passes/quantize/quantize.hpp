#pragma once
#include "passes/pass.hpp"

namespace mote {

// The passes that take a graph from real numbers to integers. In between, a quantized value is marked by FakeQuantize
// (lib/ops/fake_quantize.cpp), so that every stage is a graph that runs, and models that come quantized meet those that
// calibration quantizes.
[[nodiscard]] Result<Graph> pair_quantization(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> spelled_quantization(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> expand_reductions(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> equalize(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> calibrate(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fit_weights(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> realize_integers(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fuse_tables(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> integer_interface(Graph graph, const PassContext& context);

}  // namespace mote
