#include "lib/export/written_values.hpp"

#include <algorithm>

#include "lib/ops/op_def.hpp"

namespace mote {

bool changes_layout(const Node& node, const std::array<std::int64_t, 4>& perm) {
  const auto found = node.attrs.find("perm");
  return node.op->name == "Transpose" && found != node.attrs.end() &&
         std::ranges::equal(std::get<std::vector<std::int64_t>>(found->second), perm);
}

WrittenValues::WrittenValues(const Graph& graph, ModelWriter& writer)
    : graph_(graph), writer_(writer), name_used_(graph.values.size(), false) {
  for (const ValueId id : graph.inputs) {
    writer.input(graph.at(id).name, graph.at(id).type);
    names_[{*id, Layout::native}] = graph.at(id).name;
    name_used_[*id] = true;
  }
  for (const ValueId id : graph.outputs) output_names_.emplace(Form{*id, Layout::native}, graph.at(id).name);
  // A result that the graph turns to channels first at its very end is the other form of a value.
  for (const Node& node : graph.nodes) {
    if (!changes_layout(node, to_planes) || !output_names_.contains({*node.outputs[0], Layout::native})) continue;
    if (!output_names_.contains({*node.inputs[0], Layout::native}))
      output_names_.emplace(Form{*node.inputs[0], Layout::planes}, graph.at(node.outputs[0]).name);
  }
}

std::string WrittenValues::preferred_name(ValueId id, Layout layout) {
  if (const auto output = output_names_.find({*id, layout}); output != output_names_.end()) return output->second;
  const bool is_output = output_names_.contains({*id, Layout::native});
  if (is_output || name_used_[*id]) return writer_.fresh(graph_.at(id).name + (layout == Layout::planes ? "_nchw" : "_nhwc"));
  name_used_[*id] = true;
  return graph_.at(id).name;
}

std::string WrittenValues::define(ValueId id, Layout layout) {
  return names_[{*id, layout}] = preferred_name(id, layout);
}

std::string WrittenValues::found(ValueId id, Layout layout) const {
  const auto name = names_.find({*id, layout});
  return name == names_.end() ? std::string() : name->second;
}

std::string WrittenValues::get(ValueId id, Layout layout) {
  if (has(id, layout)) return found(id, layout);
  if (graph_.at(id).is_constant() && layout == Layout::native) {
    const std::string name = define(id);
    writer_.constant(name, graph_.constant(id));
    return name;
  }
  const Layout other = layout == Layout::native ? Layout::planes : Layout::native;
  const std::string from = other == Layout::native ? get(id) : found(id, other);
  MOTE_CHECK(!from.empty());
  const auto& perm = layout == Layout::planes ? to_planes : to_native;
  std::string name = define(id, layout);
  writer_.node({.op = "Transpose",
                .inputs = {from},
                .outputs = {name},
                .attrs = {{"perm", std::vector<std::int64_t>(perm.begin(), perm.end())}},
                .name = {}});
  return name;
}

void WrittenValues::finish_outputs() {
  for (const ValueId id : graph_.outputs) {
    const Value& value = graph_.at(id);
    const std::string name = get(id);
    if (name != value.name) writer_.node({.op = "Identity", .inputs = {name}, .outputs = {value.name}, .attrs = {}, .name = {}});
    writer_.output(value.name, value.type);
  }
}

}  // namespace mote
