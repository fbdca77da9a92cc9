#include "passes/quantize/calibrate/activation_groups.hpp"

#include <algorithm>

#include "lib/quant/node_grid.hpp"
#include "passes/quantize/calibrate/name_pattern.hpp"

namespace mote {
namespace {

class Grouping {
 public:
  Grouping(const Graph& graph, const Marking& marking, const QuantizeOptions& options)
      : graph_(graph), marking_(marking), options_(options) {}

  std::vector<ActivationGroup> run() && {
    for (const ValueId id : graph_.inputs) add(id, {});
    for (const Node& node : graph_.nodes)
      for (const ValueId id : node.outputs)
        if (id) add(id, node.origin.node);
    return std::move(groups_);
  }

 private:
  [[nodiscard]] static bool is_named(const std::vector<std::string>& patterns, const std::string& name,
                                     const std::string& layer) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
      return matches_pattern(pattern, name) || (!layer.empty() && matches_pattern(pattern, layer));
    });
  }

  void add(ValueId id, const std::string& layer) {
    if (!marking_.is_marked(id)) return;
    const std::string& name = graph_.at(id).name;
    auto group = std::ranges::find(groups_, marking_.group[*id], &ActivationGroup::id);
    if (group == groups_.end())
      group = groups_.insert(groups_.end(), {.id = marking_.group[*id], .values = {}, .name = name, .layer = layer});
    group->values.push_back(id);
    const bool is_input = std::ranges::find(graph_.inputs, id) != graph_.inputs.end();
    group->is_interface =
        group->is_interface || is_input || std::ranges::find(graph_.outputs, id) != graph_.outputs.end();
    group->is_given = group->is_given || (is_input && options_.integer_interface);
    group->is_probability = group->is_probability || marking_.probabilities[*id];
    group->state = std::max(group->state, marking_.states[marking_.group[*id]]);
    group->asked_wide = group->asked_wide || is_named(options_.wide, name, layer);
    group->asked_narrow = group->asked_narrow || is_named(options_.narrow, name, layer);
  }

  const Graph& graph_;
  const Marking& marking_;
  const QuantizeOptions& options_;
  std::vector<ActivationGroup> groups_{};
};

}  // namespace

std::int64_t ActivationGroup::elements(const Graph& graph) const {
  std::int64_t sum = 0;
  for (const ValueId value : values) sum += graph.at(value).type.shape.elements();
  return sum;
}

std::vector<ActivationGroup> activation_groups(const Graph& graph, const Marking& marking,
                                               const QuantizeOptions& options) {
  return Grouping(graph, marking, options).run();
}

Grid grid_of(const ActivationGroup& group, const GridDecision& decision, const Histogram& seen) {
  if (group.is_probability) return softmax_grid(decision.bits);
  // A state beyond its grid would stay there for all steps to come.
  const bool keeps_all = group.is_interface || group.state != StateRole::none;
  const Range range = choose_range(seen, keeps_all ? RangeMethod::minmax : decision.method, decision.bits);
  if (group.state != StateRole::none) return state_grid(group.state, range.low, range.high);
  const Grid grid = activation_grid(range.low, range.high, decision.bits);
  return group.is_given ? with_limits_of(grid.stored(), grid.scale, grid.zero_point) : grid;
}

}  // namespace mote
