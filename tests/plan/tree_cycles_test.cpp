// The cycles of trees grow with their rows and with their decisions, which cost more on smaller cores.
#include "lib/plan/tree_cycles.hpp"

#include <catch2/catch.hpp>

#include "lib/plan/cycles.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/plan/make_plan.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/plan/random_graphs.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Three trees of which the deepest way makes three decisions.
Graph voters() {
  Rng rng(1);
  return draw(*find_op("TreeVoteLabels"), rng).graph;
}

double cycles_of(const Graph& graph, std::string_view target) {
  const auto plan = make_plan(graph, *find_target(target));
  REQUIRE(plan);
  REQUIRE(plan->steps.size() == 1);
  const double cycles = tree_cycles(*plan, plan->steps[0]);
  CHECK(static_cast<double>(estimated_cycles(*plan)) >= cycles);
  return cycles;
}

}  // namespace

TEST_CASE("every tree counts with the decisions of its longest way, for every row") {
  const Graph graph = voters();
  const std::int64_t rows = graph.at(graph.inputs[0]).type.shape[0];
  CHECK(cycles_of(graph, "nucleo-l4r5zi") == 16.0 * 3 * 3 * static_cast<double>(rows));
}

TEST_CASE("decisions take longest on 8-bit cores, and longer as tables than as branches") {
  const Graph tables = voters();
  CHECK(cycles_of(tables, "atmega2560") > cycles_of(tables, "stm32f091rc"));
  CHECK(cycles_of(tables, "stm32f091rc") > cycles_of(tables, "nucleo-l4r5zi"));
  Graph branches = tables;
  branches.nodes[0].attrs["branches"] = std::int64_t{1};
  CHECK(cycles_of(branches, "stm32f091rc") < cycles_of(tables, "stm32f091rc"));
}

TEST_CASE("what is no tree takes no cycles of trees") {
  plan_test::GraphBuilder build;
  build.output(build.mix({build.input(10)}, 10));
  CHECK(cycles_of(build.graph, "nucleo-l4r5zi") == 0.0);
}
