#include "lib/import/outputs.hpp"

#include <catch2/catch.hpp>

using namespace mote;

namespace {

Graph three_outputs() {
  Graph graph;
  for (const std::string name : {"label", "scores", "distance"})
    graph.outputs.push_back(graph.add_value(name, {DType::f32, *Shape::make({1})}));
  return graph;
}

std::vector<std::string> names_of_outputs(const Graph& graph) {
  std::vector<std::string> names;
  for (const ValueId output : graph.outputs) names.push_back(graph.at(output).name);
  return names;
}

}  // namespace

TEST_CASE("outputs asked for by name stay, in the model's order") {
  Graph graph = three_outputs();
  const std::vector<std::string> kept{"distance", "label"};
  REQUIRE(keep_outputs(graph, kept));
  CHECK(names_of_outputs(graph) == std::vector<std::string>{"label", "distance"});
}

TEST_CASE("an output that the model does not have leaves the graph as it was") {
  Graph graph = three_outputs();
  const auto kept = keep_outputs(graph, std::vector<std::string>{"label", "probability"});
  REQUIRE_FALSE(kept);
  CHECK(kept.errors()[0].code == Code::unknown_name);
  CHECK(kept.errors()[0].message.find("'probability'") != std::string::npos);
  CHECK(kept.errors()[0].help[0].find("'label', 'scores', 'distance'") != std::string::npos);
  CHECK(names_of_outputs(graph).size() == 3);
}
