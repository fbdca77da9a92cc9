#include "lib/exec/host_steps.hpp"

#include <algorithm>
#include <numeric>

#include "lib/exec/host_kernels.hpp"

namespace mote {
namespace {

bool is_view(const Node& node) {
  return node.op->name == "Reshape" || node.op->name == "Flatten" || node.op->name == "Squeeze" ||
         node.op->name == "Unsqueeze";
}

std::vector<HostFusion> fusions_of(const Graph& graph, std::vector<bool>& is_inner) {
  const HostUses uses(graph);
  std::vector<HostFusion> fusions;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    if (is_inner[i]) continue;
    std::optional<HostFusion> fusion = host_fusion(graph, uses, i);
    if (!fusion) continue;
    for (const std::size_t node : fusion->inner) is_inner[node] = true;
    fusions.push_back(*std::move(fusion));
  }
  std::ranges::reverse(fusions);
  return fusions;
}

// Kernels look at elements only; eval may look at shapes.
void share_views(const Graph& graph, HostSteps& program) {
  std::vector<bool> needs_own(graph.values.size(), false);
  for (const ValueId id : graph.outputs) needs_own[*id] = true;
  for (const HostStep& step : program.steps)
    if (!step.kernel)
      for (const ValueId id : step.operands)
        if (id) needs_own[*id] = true;
  std::erase_if(program.steps, [&](const HostStep& step) {
    const Node& node = graph.nodes[step.node];
    if (!is_view(node) || !step.kernel || needs_own[*node.outputs[0]]) return false;
    program.storage[*node.outputs[0]] = program.storage[*node.inputs[0]];
    return true;
  });
}

}  // namespace

HostUses::HostUses(const Graph& graph) : producers(graph.values.size()), readers(graph.values.size(), 0) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs)
      if (id) ++readers[*id];
    for (const ValueId id : graph.nodes[i].outputs)
      if (id) producers[*id] = i;
  }
  for (const ValueId id : graph.outputs) ++readers[*id];
}

const Node* HostUses::producer(const Graph& graph, ValueId id, std::string_view op) const {
  if (!id || !producers[*id]) return nullptr;
  const Node& node = graph.nodes[*producers[*id]];
  return node.op->name == op ? &node : nullptr;
}

HostSteps host_steps(const Graph& graph) {
  HostSteps program;
  program.storage.resize(graph.values.size());
  for (std::uint32_t i = 0; i < graph.values.size(); ++i) program.storage[i] = ValueId{i};
  std::vector<bool> is_inner(graph.nodes.size(), false);
  const std::vector<HostFusion> fusions = fusions_of(graph, is_inner);
  auto fusion = fusions.begin();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_inner[i]) continue;
    const Node& node = graph.nodes[i];
    if (fusion != fusions.end() && fusion->last == i) {
      program.steps.push_back({.node = i, .kernel = fusion->kernel, .operands = fusion->operands});
      ++fusion;
    } else {
      program.steps.push_back({.node = i, .kernel = host_kernel({graph, node}), .operands = node.inputs});
    }
  }
  share_views(graph, program);
  return program;
}

}  // namespace mote
