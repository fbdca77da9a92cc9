#pragma once
#include "passes/prune/convolution_split.hpp"
#include "passes/prune/output_loss.hpp"

namespace mote {

// A way to do with less work in one convolution, with what it alone does to the network's outputs.
struct SplitChoice {
  SplitConvolution convolution{};
  std::int64_t macs_saved = 0;
  double loss = 0.0;
};

// By convolution that can be split, one after the other: ways that keep about 0.9, 0.85, … of its work, each the best one
// of all splits by the closed form, tried out. Every product has a bias of its own. Errors: those of a sample.
[[nodiscard]] Result<std::vector<std::vector<SplitChoice>>> split_choices(const Graph& graph, const ChosenSamples& samples);

// Some of them, and what they lose if losses add up.
struct ChosenSplits {
  std::vector<SplitConvolution> convolutions{};
  double loss = 0.0;
};
// At most one of each, so that `macs` are saved, or all that can be: from step to step the one that loses least for what it
// saves; in the end, what is saved beyond that is given back where it helps most.
[[nodiscard]] ChosenSplits cheapest_splits(const std::vector<std::vector<SplitChoice>>& choices,
                                                            std::int64_t macs);

}  // namespace mote
