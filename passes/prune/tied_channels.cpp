#include "passes/prune/tied_channels.hpp"

namespace mote {

TiedChannels tied_channels(const Graph& graph) {
  TiedChannels channels(graph);
  for (const ValueId id : graph.inputs) channels.need_all(graph, id);
  for (const ValueId id : graph.outputs) channels.need_all(graph, id);
  for (const Node& node : graph.nodes) {
    const ChannelFlow flow = channel_flow({graph, node});
    if (flow.kind == ChannelFlow::Kind::opaque) {
      for (const ValueId id : node.inputs) channels.need_all(graph, id);
      for (const ValueId id : node.outputs) channels.need_all(graph, id);
    }
    for (const ChannelTie& tie : flow.ties)
      for (const auto& [from, to] : tie.channels) channels.tie(node.inputs[tie.input], from, node.outputs[0], to);
  }
  return channels;
}

}  // namespace mote
