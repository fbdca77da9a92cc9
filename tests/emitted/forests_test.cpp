// Several ensembles in one model, of the same size: each has its own trees.
#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// The second ensemble asks for other thresholds.
Graph two_ensembles(std::uint64_t seed) {
  Rng rng(seed);
  Graph graph = draw(*find_op("TreeEnsembleRegressor"), rng).graph;
  Node second = graph.nodes[0];
  for (float& threshold : std::get<std::vector<float>>(second.attrs.at("nodes_values"))) threshold += 1.0F;
  second.outputs = {graph.add_value("second", graph.at(graph.nodes[0].outputs[0]).type)};
  graph.outputs.push_back(second.outputs[0]);
  graph.nodes.push_back(std::move(second));
  return graph;
}

std::vector<Tensor> random_input(const Graph& graph, Rng& rng) {
  const TensorType& type = graph.at(graph.inputs[0]).type;
  Tensor x = Tensor::zeros(type.dtype, type.shape);
  for (float& value : x.as<float>()) value = static_cast<float>(rng.integer(-8, 8)) * 0.5F;
  return {x};
}

}  // namespace

TEST_CASE("two ensembles of one model keep their own trees, as branches and packed") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Graph graph = two_ensembles(seed);
    Rng rng(seed);
    std::vector<std::vector<Tensor>> inputs;
    for (int i = 0; i < 20; ++i) inputs.push_back(random_input(graph, rng));
    for (const Optimize optimize : {Optimize::speed, Optimize::size}) {
      const auto drop = drop_of(graph, *find_target("host"), inputs, optimize);
      INFO(seed << ": " << (drop ? std::string() : render(drop.error())));
      REQUIRE(drop);
      CHECK(build_and_run(*drop) == "");
    }
  }
}
