#include "passes/quantize/float_islands.hpp"

#include <algorithm>

#include "lib/ops/results.hpp"

namespace mote {
namespace {

bool is_view(const Graph& graph, const Node& node) {
  return node.op->views != nullptr && !node.op->views({graph, node}).empty();
}

bool is_island(const Graph& graph, const Node& node) {
  // Conversions of inputs and outputs are none, and neither is the scaling of features in front of them.
  if (node.op->name == "DequantizeLinear" || node.op->name == "ScaleFeatures" || is_view(graph, node)) return false;
  return std::ranges::any_of(node.outputs, [&](ValueId id) { return id && is_float(graph.at(id).type.dtype); });
}

bool has_integer_arithmetic(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return node.op->name.starts_with("Quantized"); });
}

Diagnostic described(const Graph& graph, const Node& node, Severity severity, Code code) {
  const std::int64_t macs = node.op->macs != nullptr ? node.op->macs({graph, node}) : 0;
  const std::int64_t elements = graph.at(first_result(node)).type.shape.elements();
  Diagnostic found = at({graph, node}, code,
                        "runs in floating point: " +
                            (macs > 0 ? std::to_string(macs) + " multiply-accumulates, " : std::string()) +
                            std::to_string(elements) + " results",
                        {"the rest of the network runs in integers; --integer-only refuses such a model"});
  found.severity = severity;
  return found;
}

Diagnostics described_islands(const Graph& graph, Severity severity, Code code) {
  Diagnostics found;
  for (const Node& node : graph.nodes)
    if (is_island(graph, node)) found.push_back(described(graph, node, severity, code));
  return found;
}

}  // namespace

Diagnostics float_islands(const Graph& graph) {
  if (!has_integer_arithmetic(graph)) return {};
  return described_islands(graph, Severity::note, Code::float_island);
}

Status require_integers(const Graph& graph) {
  Diagnostics found = described_islands(graph, Severity::error, Code::no_integer_form);
  if (found.empty()) return Ok{};
  return found;
}

}  // namespace mote
