#include "passes/prune/factored_splits.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

// Nothing where no loss is a number.
std::optional<SplitConvolution> factored(const OpView& op, const WantedSplit& wanted, const InputMoments& moments) {
  const ProductParameters own = parameters_of(op, 0, op.constant(1), op.constant(2));
  const std::int64_t pixels = pixels_between(op, wanted.split);
  std::optional<WeightFactoring> best;
  ConvolutionSplit chosen;
  double least = std::numeric_limits<double>::infinity();
  for (const ConvolutionSplit& way : ways_to_split(op)) {
    if (pixels_between(op, way) != pixels) continue;
    WeightFactoring factoring(moments, own.weights, input_order(op, way), block_count(op, way));
    const std::size_t rank = std::min(wanted.split.rank, factoring.full_rank());
    const double loss = factoring.estimated_loss(rank);
    if (!(loss < least)) continue;
    least = loss;
    chosen = way;
    chosen.rank = rank;
    best.emplace(std::move(factoring));
  }
  if (!best) return std::nullopt;
  return SplitConvolution{
      .node = wanted.node, .split = chosen, .factors = best->with_rank(chosen.rank), .bias = own.bias};
}

}  // namespace

Result<std::vector<SplitConvolution>> factored_splits(const Graph& graph, const ChosenSamples& samples,
                                                      const std::vector<WantedSplit>& wanted) {
  std::vector<SplitConvolution> splits;
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, samples.all, samples.indices));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto asked = std::ranges::find(wanted, i, &WantedSplit::node);
    if (asked != wanted.end()) {
      const OpView op{graph, graph.nodes[i]};
      const std::vector<Place> seen = seen_places(graph, i, samples);
      auto split = factored(op, *asked, input_moments(gather_exact_rows(op, 0, seen, sweep)));
      if (split) splits.push_back(*std::move(split));
    }
    sweep.compute(graph, i, SampleSweep::Lane::exact);
    sweep.release(graph, i);
  }
  return splits;
}

}  // namespace mote
