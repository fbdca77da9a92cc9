#include "tools/build_drop.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "lib/exec/interpreter.hpp"
#include "lib/plan/fit.hpp"
#include "lib/support/log.hpp"
#include "lib/support/text.hpp"
#include "passes/plan/make_plan.hpp"
#include "passes/quantize/float_islands.hpp"
#include "tools/vector_inputs.hpp"

namespace mote {
namespace {

// The interpreter's answers of the graph that is compiled: what the emitted code must give bit for bit.
Result<std::vector<GoldenVector>> golden_vectors(const Graph& graph, const std::string& source) {
  MOTE_TRY(std::vector<std::vector<Tensor>> all, vector_inputs(graph, source));
  std::vector<GoldenVector> vectors;
  for (std::vector<Tensor>& inputs : all) {
    MOTE_TRY(std::vector<Tensor> outputs, interpret(graph, inputs, Precision::single));
    vectors.push_back({std::move(inputs), std::move(outputs)});
  }
  return vectors;
}

// With what the passes have chosen, by value.
std::map<std::string, std::string> recorded(const BuildOptions& options) {
  std::map<std::string, std::string> record = options.recorded;
  if (options.quantize == nullptr || !options.quantize->report) return record;
  const QuantizationReport& report = *options.quantize->report;
  for (const auto& [value, method] : report.ranges) record["range of " + value] = method;
  for (const auto& [weights, method] : report.weights) record["rounding of " + weights] = method;
  for (const std::string& value : report.evened) record["channels of " + value] = "evened out";
  return record;
}

}  // namespace

Result<Drop> build_drop(const ImportedModel& model, const std::string& model_path, const Target& target,
                        const BuildOptions& options) {
  const std::filesystem::path path(model_path);
  Drop drop;
  drop.name = c_identifier(options.name.empty() ? path.stem().string() : options.name);
  log_detail("passes");
  const PassContext context{.target = target,
                            .quantize = options.quantize,
                            .optimize = options.optimize,
                            .rank_inputs = options.rank_inputs,
                            .keep_structure = options.keep_structure,
                            .structure = &drop.structure};
  MOTE_TRY(Graph graph, run_passes(standard_pipeline(), model.graph, context, options.observe));
  if (options.integer_only) MOTE_TRY_STATUS(require_integers(graph));
  drop.notes = float_islands(graph);
  if (options.quantize != nullptr && options.quantize->report)
    std::ranges::copy(options.quantize->report->notes, std::back_inserter(drop.notes));
  log_detail("memory plan");
  MOTE_TRY(drop.plan, make_plan(std::move(graph), target));
  MOTE_TRY_STATUS(check(drop.plan));
  const FitReport placed = fit(drop.plan);
  MOTE_TRY_STATUS(check_fit(drop.plan, placed));
  drop.plan.target.arena_region = placed.ram.region;
  drop.plan.target.weights_region = placed.flash.region;
  log_detail("golden vectors");
  MOTE_TRY(const std::vector<GoldenVector> vectors, golden_vectors(drop.plan.graph, options.vectors));
  const EmitOptions emission{.name = drop.name,
                             .model_file = path.filename().string(),
                             .model_sha256 = model.sha256,
                             .static_context = options.static_context,
                             .vectors = vectors,
                             .recorded_options = recorded(options),
                             .structure = drop.structure,
                             .trees = tree_statistics(model.graph)};
  MOTE_TRY(drop.files, emit(drop.plan, emission));
  return drop;
}

}  // namespace mote
