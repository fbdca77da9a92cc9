#include "tools/pruning.hpp"

#include <algorithm>

#include "codegen/literals.hpp"
#include "lib/support/log.hpp"
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/prune.hpp"
#include "passes/prune/prune_network.hpp"
#include "tools/augmented_samples.hpp"
#include "tools/distilling.hpp"
#include "tools/training_progress.hpp"

namespace mote {
namespace {

constexpr std::int64_t samples_made = 1024;

// Up to the point where everything is fused and nothing is quantized.
std::span<const Pass> real_passes() {
  const std::span<const Pass> all = standard_pipeline();
  const auto end = std::ranges::find(all, "equalize", &Pass::name);
  MOTE_CHECK(end != all.end());
  return all.first(static_cast<std::size_t>(end - all.begin()));
}

// What was pruned learns from what it was, all of the epochs: a recipe says how many, and shall give the same network again.
Result<Graph> recovered(PrunedGraph graphs, const QuantizationOptions& options, const std::string& config) {
  MOTE_TRY(DataSet set, open_data(options.calibration, config, graphs.original));
  TrainingSamples lessons = lessons_from(std::move(set), graphs.original);
  lessons.always_mixed = true;
  TrainingProgress progress;
  std::int64_t learned = 0;
  const auto observe = [&](const EpochReport& report, const TrainingState&) {
    ++learned;
    return progress.show(report);
  };
  MOTE_TRY(Graph taught, distilled(std::move(graphs.pruned), graphs.original, lessons, {},
                                   {.epochs = options.distill, .batch = recovery_batch, .rate = recovery_rate}, observe));
  if (!TrainingProgress::interrupted() || learned >= options.distill) return taught;
  return Diagnostic{.code = Code::usage,
                    .message = "--distill was interrupted behind epoch " + std::to_string(learned) + " of " +
                               std::to_string(options.distill) + ", nothing is written",
                    .help = {"ask for fewer epochs, or use mote prune and mote distill, which keep what was learned so far"}};
}

}  // namespace

Result<PrunedGraph> prune_graph(Graph graph, const CalibrationSamples& samples, std::optional<double> share) {
  const Target target{};  // no pass before the plan looks at it
  const PassContext context{.target = target};
  PrunedGraph result;
  MOTE_TRY(result.original, run_passes(real_passes(), std::move(graph), context));
  MOTE_TRY(Graph needed, drop_channels(result.original, context));
  if (!share) {
    result.pruned = std::move(needed);
    return result;
  }
  const NetworkPruneOptions options{.samples = augmented_samples(samples, needed, samples_made),
                                    .sources = samples.count,
                                    .macs = *share,
                                    .progress = [](const std::string& what) { log_step(what); }};
  const auto wanted = static_cast<std::int64_t>(*share * static_cast<double>(compare_structures(needed, needed).macs_after));
  MOTE_TRY(result.pruned, prune_network(std::move(needed), options));
  if (const std::int64_t reached = compare_structures(result.pruned, result.pruned).macs_after; reached > wanted)
    log_step("pruning ends at " + with_thousands(reached) + " multiply-accumulates, " + with_thousands(wanted) +
             " were asked for: no layer can lose more channels");
  return result;
}

Result<Graph> pruned_if_asked(Graph graph, const QuantizationOptions& options, const std::string& config,
                              const CalibrationSamples& samples) {
  if (!options.prune) return graph;
  MOTE_TRY(PrunedGraph result, prune_graph(std::move(graph), samples, *options.prune));
  if (options.distill == 0) return std::move(result.pruned);
  return recovered(std::move(result), options, config);
}

}  // namespace mote
