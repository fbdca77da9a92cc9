// Tree ensembles on their way to packed trees or branches: what a model leaves unread changes nothing.
#include "lib/target/target_catalog.hpp"
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
