#pragma once
#include "passes/pass.hpp"

namespace mote {

// lower-trees: TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble become
//   x -> OrderFeatures or RankFeatures -> TreeLeaves -> TreeVotes
// Every test becomes one or two comparisons x <= t of integers; which form the trees take follows PassContext::optimize.
[[nodiscard]] Result<Graph> lower_trees(Graph graph, const PassContext& context);

}  // namespace mote
