// calibrate: runs the float graph on the calibration set, sees where the values of every activation fall, and marks
// each with a FakeQuantize on the grid that serves it.
#include <algorithm>
#include <cmath>
#include <map>

#include "passes/quantize/marking.hpp"
#include "passes/quantize/observe.hpp"
#include "passes/quantize/options.hpp"
#include "passes/quantize/quantize.hpp"
#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

// Interfaces keep every value seen: what comes in may be scaled like nothing in the set, and what goes out is the
// answer itself.
RangeMethod method_for(const Graph& graph, ValueId id, const QuantizeOptions& options) {
  const bool is_interface = std::ranges::find(graph.inputs, id) != graph.inputs.end() ||
                            std::ranges::find(graph.outputs, id) != graph.outputs.end();
  if (is_interface) return RangeMethod::minmax;
  return options.range;
}

bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

using GridOfGroup = std::map<std::size_t, Grid>;

GridOfGroup choose_grids(const Graph& graph, const Marking& marking, const Observation& seen,
                         const QuantizeOptions& options) {
  GridOfGroup grids;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id{static_cast<std::uint32_t>(i)};
    if (!marking.is_marked(id)) continue;
    const bool wide = std::ranges::any_of(options.wide, [&](const std::string& pattern) {
      return matches(pattern, graph.at(id).name);
    });
    const StateRole role = marking.states[marking.group[i]];
    const int bits = wide || role != StateRole::none ? 16 : 8;
    const Histogram& histogram = seen.at(marking.group[i]);
    // A state beyond its grid would stay there for all steps to come.
    const RangeMethod method = role == StateRole::none ? method_for(graph, id, options) : RangeMethod::minmax;
    const Range range = choose_range(histogram, method, bits);
    Grid grid = role != StateRole::none    ? state_grid(role, range.low, range.high)
                : marking.probabilities[i] ? softmax_grid(bits)
                                           : activation_grid(range.low, range.high, bits);
    const auto earlier = grids.find(marking.group[i]);
    if (earlier != grids.end() && earlier->second.high() - earlier->second.low() > grid.high() - grid.low())
      grid = earlier->second;  // several ends of one group: the widest
    grids[marking.group[i]] = grid;
  }
  return grids;
}

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
void keep_cell_places(Graph& graph, const Graph& watched, const Marking& marking, const GridOfGroup& grids) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::vector<ValueId>& outputs = watched.nodes[i].outputs;
    if (outputs.size() == graph.nodes[i].outputs.size()) continue;
    const double unit = static_cast<double>(grids.at(marking.group[*outputs.back()]).scale);
    graph.nodes[i].attrs["cell_bits"] = static_cast<std::int64_t>(-std::ilogb(unit));
  }
}

}  // namespace

Result<Graph> calibrate(Graph graph, const PassContext& context) {
  if (context.quantize == nullptr) return graph;
  const Graph watched = with_watched_cells(graph);
  const Marking marking = mark_activations(watched);
  MOTE_TRY(const Observation seen, observe_activations(watched, marking, context.quantize->samples));
  const GridOfGroup grids = choose_grids(watched, marking, seen, *context.quantize);
  keep_cell_places(graph, watched, marking, grids);
  return Inserter(std::move(graph), marking, grids).run();
}

}  // namespace mote
