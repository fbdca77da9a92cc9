#include "lib/ops/tree_statistics.hpp"

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("the counts of an ensemble agree with each other, whatever it looks like") {
  const OpDef* op = find_op("TreeEnsembleClassifier");
  REQUIRE(op != nullptr);
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    const auto all = tree_statistics(draw(*op, rng).graph);
    REQUIRE(all.size() == 1);
    const TreeStatistics& ensemble = all[0];
    CHECK(ensemble.leaves == ensemble.decisions + ensemble.trees);  // of binary trees
    CHECK(ensemble.deepest_decisions <= ensemble.worst_case_decisions);
    CHECK(ensemble.worst_case_decisions <= ensemble.decisions);
    CHECK(ensemble.worst_case_decisions <= ensemble.trees * ensemble.deepest_decisions);
    std::int64_t uses = 0;
    for (const auto& [feature, decisions] : ensemble.features) uses += decisions;
    CHECK(uses == ensemble.decisions);
    CHECK(ensemble.thresholds <= ensemble.decisions);
  }
}
