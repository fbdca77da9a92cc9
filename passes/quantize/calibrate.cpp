// calibrate: runs the float graph on the calibration set, sees where the values of every activation fall, and marks
// each with a FakeQuantize on the grid that serves it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "lib/support/text.hpp"
#include "passes/quantize/calibration_store.hpp"
#include "passes/quantize/decide_grids.hpp"
#include "passes/quantize/marking.hpp"
#include "passes/quantize/observe.hpp"
#include "passes/quantize/options.hpp"
#include "passes/quantize/quantize.hpp"
#include "passes/quantize/sixteen_bits.hpp"
#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

using GridOfGroup = std::map<std::size_t, Grid>;

// Puts FakeQuantize behind every marked value. A graph output keeps its name, which then belongs to the quantized one.
class Inserter {
 public:
  Inserter(Graph graph, const Marking& marking, const GridOfGroup& grids)
      : graph_(std::move(graph)), marking_(marking), grids_(grids) {}

  Graph run() && {
    std::vector<Node> nodes = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (const ValueId id : graph_.inputs) quantize(id, {});
    for (Node& node : nodes) {
      for (ValueId& id : node.inputs)
        if (const auto found = quantized_.find(id ? *id : graph_.values.size()); found != quantized_.end()) id = found->second;
      graph_.nodes.push_back(node);
      for (const ValueId id : node.outputs)
        if (id) quantize(id, node.origin);
    }
    for (ValueId& id : graph_.outputs) {
      const auto found = quantized_.find(*id);
      if (found == quantized_.end()) continue;
      std::swap(graph_.at(id).name, graph_.at(found->second).name);
      id = found->second;
    }
    return std::move(graph_);
  }

 private:
  void quantize(ValueId id, const Locus& origin) {
    if (*id >= marking_.marked.size() || !marking_.is_marked(id)) return;
    const ValueId result = graph_.add_value(graph_.at(id).name, graph_.at(id).type);
    quantized_[*id] = result;
    const Grid& grid = grids_.at(marking_.group[*id]);
    graph_.nodes.push_back(
        {.op = find_op("FakeQuantize"), .attrs = attrs_of(grid), .inputs = {id}, .outputs = {result}, .origin = origin});
  }

  Graph graph_;
  const Marking& marking_;
  const GridOfGroup& grids_;
  std::map<std::size_t, ValueId> quantized_{};
};

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
  const Graph marked = Inserter(graph, marking, any).run();
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
  report = {};
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
  if (context.quantize == nullptr) return graph;
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
  return Inserter(std::move(graph), marking, grids).run();
}

}  // namespace mote
