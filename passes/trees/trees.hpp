#pragma once
#include "passes/pass.hpp"

namespace mote {

// lower-trees: TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble become
//   x -> OrderFeatures or RankFeatures -> TreeSums -> TreeScores
// or, where nothing but the label is read, TreeVoteLabels, TreeSumLabels or TreeShareLabels behind the features, or, for minima, maxima and double precision, TreeLeaves -> TreeVotes behind the features.
// Every test becomes one or two comparisons x <= t of integers; which form the trees take follows PassContext::optimize.
[[nodiscard]] Result<Graph> lower_trees(Graph graph, const PassContext& context);

// rank-interface: where nothing but RankFeatures and trees reads an input of the model, the input becomes the ranks, and
// what compares them remembers what they are ranks of; with PassContext::rank_inputs. Code::unsupported_form if no input can.
[[nodiscard]] Result<Graph> rank_interface(Graph graph, const PassContext& context);

}  // namespace mote
