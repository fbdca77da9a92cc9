#pragma once
#include "passes/prune/convolution_split.hpp"
#include "passes/prune/product_references.hpp"

namespace mote {

// A convolution that is to become two.
struct WantedSplit {
  std::size_t node = 0;
  ConvolutionSplit split{};
};

// With factors that keep the outputs as near as can be over some samples (WeightFactoring), no rank above the full one.
// Of ways whose first convolutions give as many pixels, which is all that memory depends on, the best by the closed
// form. Left out are those whose losses are no numbers, as with samples out of range. Every product has a bias of its
// own. Errors: those of a sample.
[[nodiscard]] Result<std::vector<SplitConvolution>> factored_splits(const Graph& graph, const ChosenSamples& samples,
                                                                    const std::vector<WantedSplit>& wanted);

}  // namespace mote
