#pragma once
#include <functional>
#include <map>

#include "passes/prune/product_references.hpp"

namespace mote {

// What one round of pruning is after.
struct PruneRound {
  std::vector<double> worth{};  // of removing one channel, by value: bytes, work, whatever is short
  double wanted = 0.0;          // about how much of it to take, > 0
  std::map<std::size_t, std::size_t>
      least{};  // sets that families keep (RemovalSteps), beyond the 4 that all of them do
};
// Asked in front of every round with the network as it is, every product repaired; nothing: it is small enough.
using PruneGoal = std::function<Result<std::optional<PruneRound>>(const Graph& now)>;
// To keep that share, above 0, of the multiply-accumulates.
[[nodiscard]] PruneGoal keep_macs(double share);
// To keep at most so many.
[[nodiscard]] PruneGoal keep_at_most(std::int64_t macs);

// What the repair aims at, and whose outputs count.
struct PruneOriginal {
  const Graph& graph;              // every product with parameters of its own (with_own_parameters)
  const ChosenSamples& samples;    // of samples_to_prune_by, which would choose others for another graph
  ProductReferences references{};  // for these samples
};

struct PruneOptions {
  CalibrationSamples samples{};
  std::int64_t sources = 0;  // sample i is made of source i % sources, changed a little; 0: every sample is its own
  PruneGoal goal = keep_macs(0.5);
  std::function<void(std::int64_t macs)> progress{};  // after each round: what is left; may be empty
  // What the graph came from by splitting products (convolution_split.hpp), or itself, where what its products gave is
  // known already. `samples` and `sources` are then those of it.
  const PruneOriginal* original = nullptr;
  bool spares_small_layers = false;  // RemovalPrices
};

// Structured pruning of a real graph at Stage::fused: sets of channels that can only go together are taken away, layers
// down to multiples of 4 channels. A set costs what its removal leaves of the outputs of the products that read it, as
// a share of their variance (lib/quant/input_removal.hpp), weighed by what that does to the network's outputs
// (output_loss.hpp); those go first that cost the least for what they are worth (removal_steps.hpp). In rounds: behind
// each, every product is repaired in topological order by least squares, from what it now reads to what it gave in the
// original (lib/quant/product_repair.hpp). The sources that training holds out, too (lib/exec/held_out.hpp), only say
// how far the repair may move weights. Deterministic. Needs no labels. Errors: those of a sample and of the goal;
// Code::usage with fewer than 8 sources.
[[nodiscard]] Result<Graph> prune_structure(Graph graph, const PruneOptions& options);

// What it starts with: some of the samples, by which the held-out ones are known. Errors: Code::usage with fewer than 8
// sources.
[[nodiscard]] Result<ChosenSamples> samples_to_prune_by(const Graph& graph, const CalibrationSamples& samples,
                                                        std::int64_t sources);
// Every product gets weights and a bias of its own, so that they may become different.
[[nodiscard]] Graph with_own_parameters(Graph graph);

}  // namespace mote
