// drop-identity: forwards the operand of every node that changes nothing to its readers.
//   Identity                                Dropout (inference)
//   Cast to the same element type           Reshape, Expand to the same shape
//   Transpose with the identity             Concat, Sum, Max, Min, Mean of one operand
//   Pad by nothing                          Slice of everything, in steps of 1
//   ZipMap, whose names are kept elsewhere
// and, as at import, gives every graph output a node of its own.
#include <algorithm>
#include <array>

#include "passes/canonical/canonical.hpp"
#include "passes/match.hpp"
#include "passes/rewriter.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 9> same_type_is_enough{"Identity", "Dropout", "Cast",    "CastLike", "Reshape",
                                                              "Expand",   "Flatten", "Squeeze", "ZipMap"};
constexpr std::array<std::string_view, 5> variadic{"Concat", "Sum", "Max", "Min", "Mean"};

bool is_identity_permutation(const std::vector<std::int64_t>& perm) {
  for (std::size_t i = 0; i < perm.size(); ++i)
    if (perm[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

bool changes_nothing(const OpView& op) {
  const std::string_view name = op.node.op->name;
  if (!op.has_in(0) || !op.has_out(0) || op.in(0) != op.out(0)) return false;
  if (is_one_of(name, same_type_is_enough)) return true;
  if (is_one_of(name, variadic)) return op.node.inputs.size() == 1;
  if (name == "Transpose") return op.has("perm") && is_identity_permutation(op.integers("perm"));
  // Equal extents: a Pad adds as much as it cuts on every axis, which must then be nothing; a Slice takes everything
  // unless it runs backwards.
  if (name == "Pad") return std::ranges::all_of(op.integers("pads"), [](std::int64_t pad) { return pad == 0; });
  if (name == "Slice")
    return !op.has("steps") || std::ranges::all_of(op.integers("steps"), [](std::int64_t step) { return step > 0; });
  return false;
}

bool extra_results(const Node& node) {
  return std::any_of(node.outputs.begin() + 1, node.outputs.end(), [](ValueId id) { return static_cast<bool>(id); });
}

}  // namespace

Result<Graph> drop_identity(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    if (changes_nothing(rewriter.view(*node)) && !extra_results(*node)) rewriter.replace(node->outputs[0], node->inputs[0]);
    else rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
