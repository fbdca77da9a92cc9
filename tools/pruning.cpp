#include "tools/pruning.hpp"

#include <algorithm>

#include "codegen/literals.hpp"
#include "lib/support/log.hpp"
#include "passes/prune/prune.hpp"
#include "passes/prune/prune_structure.hpp"
#include "tools/augmented_samples.hpp"

namespace mote {
namespace {

constexpr std::int64_t samples_to_prune_by = 1024;

// Up to the point where everything is fused and nothing is quantized.
std::span<const Pass> real_passes() {
  const std::span<const Pass> all = standard_pipeline();
  const auto end = std::ranges::find(all, "equalize", &Pass::name);
  MOTE_CHECK(end != all.end());
  return all.first(static_cast<std::size_t>(end - all.begin()));
}

}  // namespace

Result<PrunedGraph> prune_graph(Graph graph, const CalibrationSamples& samples, double share) {
  const Target target{};  // no pass before the plan looks at it
  const PassContext context{.target = target};
  PrunedGraph result;
  MOTE_TRY(result.original, run_passes(real_passes(), std::move(graph), context));
  MOTE_TRY(Graph needed, drop_channels(result.original, context));
  const PruneOptions options{.samples = augmented_samples(samples, needed, samples_to_prune_by),
                             .sources = samples.count,
                             .goal = keep_macs(share),
                             .progress = [](std::int64_t macs) {
                               log_step("pruned to " + with_thousands(macs) + " multiply-accumulates");
                             }};
  MOTE_TRY(result.pruned, prune_structure(std::move(needed), options));
  return result;
}

Result<Graph> pruned_if_asked(Graph graph, const QuantizationOptions& options, const std::string& config,
                              const std::optional<QuantizeOptions>& quantize, Diagnostics& notes) {
  if (!options.prune) return graph;
  CalibrationSamples samples;
  if (quantize) {
    samples = quantize->samples;
  } else {
    MOTE_TRY(samples, load_samples(options.calibration, config, graph, notes));
  }
  MOTE_TRY(PrunedGraph result, prune_graph(std::move(graph), samples, *options.prune));
  return std::move(result.pruned);
}

}  // namespace mote
