#include "passes/plan/overlap.hpp"

#include <algorithm>

#include "lib/ir/type.hpp"
#include "passes/plan/window.hpp"

namespace mote {
namespace {

// Kernels of two element types are left alone: a compiler may assume that such objects lie apart.
bool same_elements(const TensorType& a, const TensorType& b) { return c_name(a.dtype) == c_name(b.dtype); }

std::vector<Overlap> elementwise_overlaps(const Graph& graph, const Node& node, const KernelCall& call) {
  std::vector<Overlap> overlaps;
  if (node.outputs.size() != 1) return overlaps;
  const ValueId output = node.outputs[0];
  const TensorType& written = graph.at(output).type;
  for (const ValueId operand : call.operands) {
    if (!operand || operand == output || graph.at(operand).is_constant()) continue;
    const TensorType& read = graph.at(operand).type;
    if (!same_elements(read, written) || read.shape != written.shape) continue;
    // Element i of the operand lies at or after element i of the output: later reads are never behind the writes.
    overlaps.push_back(
        {.operand = operand, .output = output, .operand_above = 0, .output_above = read.bytes(), .in_place = true});
  }
  return overlaps;
}

// Kernels that take a residual say so in their geometry and take it last before the output.
ValueId residual_of(const KernelCall& call) {
  const std::pair<std::string, KernelField> says_so{"has_residual", true};
  const bool has_residual = std::ranges::find(call.fields, says_so) != call.fields.end();
  return has_residual ? call.operands[call.operands.size() - 2] : ValueId{};
}

// Operands in call order: input first, output last.
std::vector<Overlap> window_overlaps(const Graph& graph, const KernelCall& call) {
  std::vector<Overlap> overlaps;
  const auto loops = window_loops_of(call);
  if (!loops) return overlaps;
  const ValueId input = call.operands.front();
  const ValueId output = call.operands.back();
  const TensorType& read = graph.at(input).type;
  const TensorType& written = graph.at(output).type;
  const std::int64_t element = byte_size(written.dtype);
  const auto distances = distances_of(*loops);
  const auto in_bytes = [&](std::optional<std::int64_t> elements) {
    return elements ? std::optional(*elements * element) : std::nullopt;
  };
  if (distances && same_elements(read, written)) {
    overlaps.push_back({.operand = input,
                        .output = output,
                        .operand_above = distances->forward * element,
                        .output_above = distances->backward * element,
                        .in_place = false,
                        .operand_above_exact = in_bytes(distances->forward_exact),
                        .output_above_exact = in_bytes(distances->backward_exact)});
  }
  const ValueId residual = residual_of(call);
  if (residual && same_elements(graph.at(residual).type, written)) {
    // Element i of the residual is read just before element i of the output is written, whatever the order.
    overlaps.push_back({.operand = residual,
                        .output = output,
                        .operand_above = written.bytes(),
                        .output_above = written.bytes(),
                        .in_place = true});
  }
  return overlaps;
}

}  // namespace

std::vector<Overlap> overlaps_of(const Graph& graph, const Node& node, const KernelCall& call) {
  std::vector<Overlap> overlaps;
  if (call.traversal == Traversal::elementwise) overlaps = elementwise_overlaps(graph, node, call);
  if (call.traversal == Traversal::window) overlaps = window_overlaps(graph, call);
  // An operand that is read twice, or in a role without a rule, must satisfy all its roles.
  std::erase_if(overlaps, [&](const Overlap& overlap) {
    return std::ranges::count(call.operands, overlap.operand) !=
           std::ranges::count(overlaps, overlap.operand, &Overlap::operand);
  });
  return overlaps;
}

}  // namespace mote
