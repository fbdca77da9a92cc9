#include "passes/plan/views.hpp"

#include <algorithm>

namespace mote {
namespace {

bool every_output_in_an_input(const Node& node, const std::vector<View>& views) {
  for (std::size_t output = 0; output < node.outputs.size(); ++output) {
    if (!node.outputs[output]) continue;
    const bool covered = std::ranges::any_of(
        views, [&](const View& view) { return view.kind == View::Kind::output_in_input && view.output == output; });
    if (!covered) return false;
  }
  return true;
}

bool inputs_fill_the_output(const Graph& graph, const Node& node, const std::vector<View>& views) {
  if (node.outputs.size() != 1 || views.size() != node.inputs.size()) return false;
  std::int64_t bytes = 0;
  for (std::size_t input = 0; input < node.inputs.size(); ++input) {
    const bool covered = node.inputs[input] && std::ranges::any_of(views, [&](const View& view) {
                           return view.kind == View::Kind::input_in_output && view.input == input;
                         });
    if (!covered) return false;
    bytes += graph.at(node.inputs[input]).type.bytes();
  }
  return bytes == graph.at(node.outputs[0]).type.bytes();
}

}  // namespace

std::vector<View> kernel_free_views(const Graph& graph, const Node& node) {
  if (node.op->views == nullptr) return {};
  std::vector<View> views = node.op->views(OpView{graph, node});
  if (views.empty()) return {};
  if (every_output_in_an_input(node, views) || inputs_fill_the_output(graph, node, views)) return views;
  return {};
}

std::optional<View> input_view_of(const Graph& graph, const Node& node, ValueId output) {
  for (const View& view : kernel_free_views(graph, node)) {
    if (view.kind == View::Kind::output_in_input && node.outputs[view.output] == output) return view;
  }
  return std::nullopt;
}

}  // namespace mote
