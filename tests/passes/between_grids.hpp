#pragma once
#include <cmath>

#include "lib/quant/grid.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/pass_test.hpp"

// One real operator between FakeQuantize nodes: the smallest graph that becomes integers.
namespace mote::test {

inline Attrs attrs_of_grid(const Grid& grid) {
  return {{"scale", grid.scale},
          {"zero_point", std::int64_t{grid.zero_point}},
          {"lowest", std::int64_t{grid.lowest}},
          {"highest", std::int64_t{grid.highest}}};
}

inline ValueId fake_quantize(Graph& graph, ValueId real, const Grid& grid) {
  const ValueId result = graph.add_value(graph.at(real).name + "_on_grid", graph.at(real).type);
  graph.nodes.push_back({.op = find_op("FakeQuantize"), .attrs = attrs_of_grid(grid), .inputs = {real},
                         .outputs = {result}, .origin = {}});
  return result;
}

struct Ends {
  std::vector<Tensor> inputs{};
  double low = 0.0, high = 0.0;
};

// Random inputs, and where the results fall for them.
inline Ends ends_of(const Graph& graph, std::uint64_t seed) {
  Ends ends;
  for (std::uint64_t i = 0; i < 4; ++i) {
    ends.inputs = random_inputs(graph, seed + i);
    for (const double value : (*interpret(graph, ends.inputs, Precision::reference))[0].to_reals()) {
      ends.low = std::min(ends.low, value);
      ends.high = std::max(ends.high, value);
    }
  }
  return ends;
}

// x -> FakeQuantize -> operator -> FakeQuantize, with grids that fit.
struct Quantized {
  Graph graph{};
  Grid output{};
};
inline Quantized between_grids(const Graph& plain, Rng& rng, const Ends& ends) {
  Quantized result{.graph = plain, .output = {}};
  Graph& graph = result.graph;
  Node node = graph.nodes[0];
  graph.nodes.clear();
  for (ValueId& id : node.inputs)
    if (id && !graph.at(id).is_constant())
      id = fake_quantize(graph, id, activation_grid(-rng.real(0.2F, 1.0F), rng.real(0.2F, 1.0F), 8));
  graph.nodes.push_back(node);
  const float share = rng.chance(3) ? rng.real(0.3F, 0.9F) : 1.0F;  // now and then the output saturates
  result.output = node.op->name == "Softmax" ? softmax_grid(8)
                                             : activation_grid(ends.low * static_cast<double>(share),
                                                               ends.high * static_cast<double>(share), 8);
  graph.outputs = {fake_quantize(graph, node.outputs[0], result.output)};
  return result;
}

// Weights that are whole multiples of a scale, as calibration leaves them: then nothing but the result is rounded.
inline void put_weights_on_levels(Sample& sample) {
  if (sample.inputs.size() < 2 || !sample.inputs[1].constant) return;
  for (float& weight : sample.inputs[1].constant->as<float>()) weight = std::round(weight * 127.0F) / 127.0F;
}

}  // namespace mote::test
