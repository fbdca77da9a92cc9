#include "tools/thinning.hpp"

#include <algorithm>

#include "codegen/literals.hpp"
#include "lib/plan/weight_rates.hpp"
#include "lib/quant/weight_removal.hpp"
#include "lib/support/log.hpp"
#include "passes/match.hpp"
#include "tools/augmented_samples.hpp"
#include "tools/model_options.hpp"

namespace mote {
namespace {

constexpr std::int64_t samples_to_thin_by = 1024;

std::string percent(std::int64_t part, std::int64_t whole) {
  return std::to_string((100 * part + whole / 2) / std::max<std::int64_t>(whole, 1)) + " %";
}

// The finest that are skipped at full speed: pairs of products take four inputs at a time.
Result<ops::StreamBlock> block_of(const ThinningOptions& options) {
  if (!options.block.empty())
    return ops::StreamBlock{.channels = options.block[0] - '0',
                            .inputs = options.block.size() > 1 ? ops::quad_inputs : 1};
  if (options.target.empty()) return ops::StreamBlock{};
  MOTE_TRY(const Target target, load_target(TargetOptions{.target = options.target}));
  return multiplies_quads(target) ? ops::StreamBlock{.inputs = ops::quad_inputs} : ops::StreamBlock{};
}

}  // namespace

void add_thinning_options(CLI::App& app, ThinningOptions& options) {
  app.add_option("--sparsity", options.share, "the share of weights to make 0, of convolutions and dense layers")
      ->check(CLI::Range(0.01, 0.95));
  app.add_option("--block", options.block,
                 "weights that become 0 together: of 1, 2 or 4 output channels; 1x4, 2x4: for four inputs "
                 "(default: what suits the target)")
      ->check(CLI::IsMember({"1", "2", "4", "1x4", "2x4", "4x4"}))
      ->needs("--sparsity");
  app.add_option("--target", options.target, "a name from `mote list targets`, or a .toml file: chooses --block")
      ->needs("--sparsity");
}

Result<Graph> thinned_graph(Graph graph, const CalibrationSamples& samples, const ThinningOptions& options) {
  MOTE_TRY(const ops::StreamBlock block, block_of(options));
  log_step("choosing " + percent(static_cast<std::int64_t>(100.0 * options.share), 100) +
           " of the weights to be 0, in blocks of " + ops::text_of(block));
  for (const std::string& layer : layers_kept_whole(graph, block))
    log_step("layer '" + layer + "' keeps its weights: it has groups, shares them, or has no whole blocks of " +
             ops::text_of(block));
  const WeightPruneOptions wanted{.samples = augmented_samples(samples, graph, samples_to_thin_by),
                                  .sources = samples.count,
                                  .share = options.share,
                                  .block = block};
  return prune_weights(std::move(graph), wanted);
}

void report_zeros(const Graph& graph, Report& report) {
  Json layers = Json::array();
  std::int64_t all_weights = 0, all_zeros = 0;
  std::string text;
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    if (!is_core_product(node.op->name) || !op.is_constant(1)) continue;
    const Tensor tensor = op.constant(1);
    const std::int64_t weights = tensor.shape.elements(), zeros = std::ranges::count(tensor.as<float>(), 0.0F);
    all_weights += weights;
    all_zeros += zeros;
    if (!has_kept_zeros(tensor.as<float>())) continue;
    text += "  " + node.origin.node + ": " + with_thousands(zeros) + " of " + with_thousands(weights) +
            " weights are 0 (" + percent(zeros, weights) + ")\n";
    layers.push_back({{"layer", node.origin.node}, {"weights", weights}, {"zeros", zeros}});
  }
  if (layers.empty()) return;
  report.text += with_thousands(all_zeros) + " of " + with_thousands(all_weights) + " weights are 0 (" +
                 percent(all_zeros, all_weights) + ")\n" + text;
  report.json["zeros"] = {{"weights", all_weights}, {"zeros", all_zeros}, {"layers", layers}};
}

}  // namespace mote
