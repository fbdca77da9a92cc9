// calibrate: runs the float graph on the calibration set, sees where the values of every activation fall, and marks
// each with a FakeQuantize on the grid that serves it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "lib/support/text.hpp"
#include "passes/quantize/calibrate/calibration_store.hpp"
#include "passes/quantize/calibrate/decide_grids.hpp"
#include "passes/quantize/calibrate/insert_marks.hpp"
#include "passes/quantize/calibrate/observe.hpp"
#include "passes/quantize/calibrate/sixteen_bits.hpp"
#include "passes/quantize/marking.hpp"
#include "passes/quantize/options.hpp"
#include "passes/quantize/quantize.hpp"

namespace mote {
namespace {

// How integers keep the cells of recurrent layers that were watched.
void keep_cell_places(Graph& graph, const Graph& watched, const Marking& marking, const Observation& seen) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::vector<ValueId>& outputs = watched.nodes[i].outputs;
    if (outputs.size() == graph.nodes[i].outputs.size()) continue;
    const std::size_t group = marking.group[*outputs.back()];
    const Range range = choose_range(seen.at(group), RangeMethod::minmax, 16);
    const double unit = static_cast<double>(state_grid(StateRole::cell, range.low, range.high).scale);
    graph.nodes[i].attrs["cell_bits"] = static_cast<std::int64_t>(-std::ilogb(unit));
  }
}

Result<Observation> observe(const Graph& graph, const Marking& marking, const std::vector<ActivationGroup>& groups,
                            const QuantizeOptions& options, CalibrationStore& store) {
  if (auto kept = store.observation(groups)) return *std::move(kept);
  MOTE_TRY(Observation seen, observe_activations(graph, marking, options.samples));
  store.keep(groups, seen);
  return seen;
}

Result<std::vector<GridDecision>> decide(const Graph& graph, const Marking& marking,
                                         const std::vector<ActivationGroup>& groups, const Observation& seen,
                                         const QuantizeOptions& options, CalibrationStore& store) {
  if (auto kept = store.decisions(groups)) return *std::move(kept);
  GridOfGroup any;
  for (const ActivationGroup& group : groups) any[group.id] = Grid{};
  const Graph marked = insert_marks(graph, marking, any);
  MOTE_TRY(std::vector<GridDecision> decisions, decide_grids(marked, marking, groups, seen, options));
  store.keep(decisions);
  return decisions;
}

Diagnostic note_of_16_bits(const Graph& graph, const ActivationGroup& group, double error) {
  char percent[32];
  std::snprintf(percent, sizeof percent, "%.3g", 100.0 * error);
  return {.severity = Severity::note,
          .code = Code::sixteen_bits,
          .message = "'" + group.name + "' gets 16 bits: 8 alone would cost the outputs an error of " + percent +
                     " %; it takes " + std::to_string(group.elements(graph)) + " B more while it is needed",
          .where = {.file = {}, .node = group.layer, .op_type = {}, .value = group.name},
          .help = {"--int8 " + quoted(group.name) + " keeps it at 8 bits, --int8 \"*\" all of them"}};
}

void report(const Graph& graph, const std::vector<ActivationGroup>& groups, const std::vector<GridDecision>& decisions,
            QuantizationReport& report) {
  report.notes = {};
  report.ranges = {};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string method = groups[i].is_probability ? "probabilities" : std::string(name_of(decisions[i].method));
    for (const ValueId id : groups[i].values)
      report.ranges[graph.at(id).name] = method + (decisions[i].bits == 16 ? ", 16 bits" : "");
    if (decisions[i].error_of_8_bits)
      report.notes.push_back(note_of_16_bits(graph, groups[i], *decisions[i].error_of_8_bits));
  }
}

}  // namespace

Result<Graph> calibrate(Graph graph, const PassContext& context) {
  if (context.quantize == nullptr || context.quantize->weights_only) return graph;
  const QuantizeOptions& options = *context.quantize;
  const Graph watched = with_watched_cells(graph);
  const Marking marking = mark_activations(watched);
  const std::vector<ActivationGroup> groups = activation_groups(watched, marking, options);
  CalibrationStore store(watched, options);
  MOTE_TRY(const Observation seen, observe(watched, marking, groups, options, store));
  keep_cell_places(graph, watched, marking, seen);
  MOTE_TRY(const std::vector<GridDecision> decisions, decide(graph, marking, groups, seen, options, store));
  if (options.report) {
    report(watched, groups, decisions, *options.report);
    std::ranges::copy(store.notes(), std::back_inserter(options.report->notes));
  }
  GridOfGroup grids;
  for (std::size_t i = 0; i < groups.size(); ++i)
    grids[groups[i].id] = grid_of(groups[i], decisions[i], seen.at(groups[i].id));
  return insert_marks(std::move(graph), marking, grids);
}

}  // namespace mote
