// Tree ensembles on their way to packed trees or branches: what a model leaves unread changes nothing.
#include "lib/ops/tree_statistics.hpp"
#include "lib/plan/fit.hpp"
#include "lib/plan/model_code.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/plan/make_plan.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("A classifier gives the same labels when nobody reads its scores, and the same scores without its labels") {
  const OpDef* op = find_op("TreeEnsembleClassifier");
  REQUIRE(op != nullptr);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    const Instance instance = draw(*op, rng);
    REQUIRE(instance.graph.outputs.size() == 2);
    const std::vector<Tensor> inputs = random_inputs(instance.graph, seed);
    const std::vector<Tensor> both = *interpret(instance.graph, inputs);
    for (const std::size_t kept : {0U, 1U}) {
      Graph one = instance.graph;
      one.outputs = {instance.graph.outputs[kept]};
      const auto lowered = run_passes(standard_pipeline(), std::move(one), {.target = *find_target("host")});
      INFO((lowered ? std::string() : render(lowered.error())));
      REQUIRE(lowered);
      CHECK((*interpret(*lowered, inputs))[0].bytes == both[kept].bytes);
    }
  }
}

TEST_CASE("Decisions that become code count for the flash, decisions in tables once") {
  const OpDef* op = find_op("TreeEnsembleRegressor");
  REQUIRE(op != nullptr);
  Rng rng(3);
  Instance instance = draw(*op, rng);
  while (tree_statistics(instance.graph)[0].decisions < 3) instance = draw(*op, rng);
  const auto target = find_target("stm32f091rc");
  for (const Optimize optimize : {Optimize::speed, Optimize::size}) {
    auto lowered = run_passes(standard_pipeline(), instance.graph, {.target = *target, .optimize = optimize});
    REQUIRE(lowered);
    const auto plan = make_plan(*std::move(lowered), *target);
    REQUIRE(plan);
    const std::vector<BranchCode> code = branch_code(*plan);
    CHECK(code.size() == (optimize == Optimize::speed ? 1U : 0U));
    CHECK((branch_code_bytes(*plan) > 0) == (optimize == Optimize::speed));
    CHECK(fit(*plan).flash.needed_bytes == plan->weights_bytes + branch_code_bytes(*plan));
    CHECK(node_flash_bytes(*plan, instance.graph.nodes[0].origin.node) == fit(*plan).flash.needed_bytes);
  }
}

TEST_CASE("An ensemble of which nothing is read, not even by name, is dead code") {
  const OpDef* op = find_op("TreeEnsembleClassifier");
  REQUIRE(op != nullptr);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    Graph graph = draw(*op, rng).graph;
    graph.outputs = {graph.inputs[0]};
    graph.nodes[0].outputs[0] = {};
    const auto lowered = run_passes(standard_pipeline(), std::move(graph), {.target = *find_target("host")});
    REQUIRE(lowered);
    CHECK(count_of(*lowered, "TreeEnsembleClassifier") == 0);
  }
}
