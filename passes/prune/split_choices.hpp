#pragma once
#include <functional>
#include <limits>

#include "passes/prune/convolution_split.hpp"
#include "passes/prune/output_loss.hpp"

namespace mote {

// A way to do with less work in one convolution, with what it alone does to the network's outputs.
struct SplitChoice {
  SplitConvolution convolution{};
  std::int64_t macs_saved = 0;
  double loss = 0.0;
};

struct SplitSearch {
  std::int64_t wanted = std::numeric_limits<std::int64_t>::max();  // no convolution has to save more on its own
  std::function<void(const std::string& what)> progress{};         // layer by layer; may be empty
};
// By convolution that can be split, one after the other: ways that keep about 0.9, 0.85, … of its work, each the best
// one of all splits by the closed form, tried out; but for those that leave an output infinite or without a number.
// Every product has a bias of its own. Errors: those of a sample and of OutputLoss.
using SplitChoices = std::vector<std::vector<SplitChoice>>;
[[nodiscard]] Result<SplitChoices> split_choices(const Graph& graph, const ChosenSamples& samples,
                                                 const SplitSearch& search = {});

// Some of them, and what they lose if losses add up.
struct ChosenSplits {
  std::vector<SplitConvolution> convolutions{};
  double loss = 0.0;
};
// At most one of each, so that `macs` are saved, or all that can be: from step to step the one that loses least for
// what it saves; in the end, what is saved beyond that is given back where it helps most.
[[nodiscard]] ChosenSplits cheapest_splits(const SplitChoices& choices, std::int64_t macs);

}  // namespace mote
