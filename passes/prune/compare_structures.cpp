#include "passes/prune/compare_structures.hpp"

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {
namespace {

LayerStructure layer_of(const OpView& before, const OpView& after) {
  const Channels was = channels_of(before), is = channels_of(after);
  return {.layer = before.node.origin.node,
          .op = std::string(before.node.op->name),
          .inputs_before = was.inputs,
          .inputs_after = is.inputs,
          .outputs_before = was.outputs,
          .outputs_after = is.outputs,
          .macs_before = before.node.op->macs(before),
          .macs_after = after.node.op->macs(after),
          .weights_before = before.in(1).shape.elements(),
          .weights_after = after.in(1).shape.elements()};
}

std::array<std::int64_t, 2> kernel_of(const OpView& convolution) {
  const Shape& weights = convolution.in(1).shape;
  return {weights[0], weights[1]};
}

// In front of the convolution that it was split from.
void add_split_off(const OpView& product, const OpView& rest, LayerStructure& layer) {
  layer.inputs_after = channels_of(product).inputs;
  layer.rank = channels_of(product).outputs;
  layer.first_kernel = kernel_of(product);
  layer.second_kernel = kernel_of(rest);
  layer.macs_after += product.node.op->macs(product);
  layer.weights_after += product.in(1).shape.elements();
}

}  // namespace

StructureReport compare_structures(const Graph& before, const Graph& after) {
  StructureReport report;
  std::size_t next = 0;
  for (const Node& node : before.nodes) {
    const std::size_t first = next;
    while (next < after.nodes.size() && after.nodes[next].outputs != node.outputs) ++next;
    MOTE_CHECK(next < after.nodes.size());
    const OpView was{before, node}, is{after, after.nodes[next++]};
    if (!product_form(was)) continue;
    LayerStructure layer = layer_of(was, is);
    for (std::size_t i = first; i + 1 < next; ++i) add_split_off({after, after.nodes[i]}, is, layer);
    report.channels_removed += layer.outputs_before - layer.outputs_after;
    report.macs_before += layer.macs_before;
    report.macs_after += layer.macs_after;
    report.weights_before += layer.weights_before;
    report.weights_after += layer.weights_after;
    if (layer.changed()) report.layers.push_back(layer);
  }
  return report;
}

std::string summary_of(const StructureReport& report) {
  return "channels that no output depends on: " + std::to_string(report.channels_removed) + " left out, " +
         std::to_string(report.macs_before) + " -> " + std::to_string(report.macs_after) + " MAC, " +
         std::to_string(report.weights_before) + " -> " + std::to_string(report.weights_after) + " weights";
}

}  // namespace mote
