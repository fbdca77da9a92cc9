#include "codegen/class_names.hpp"

#include <algorithm>
#include <array>

#include "codegen/literals.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tree_attributes.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

const Node* producer_of(const Plan& plan, ValueId id) {
  for (const Node& node : plan.graph.nodes)
    if (std::ranges::find(node.outputs, id) != node.outputs.end()) return &node;
  return nullptr;
}

// What keeps the numbers, in whatever type and shape.
bool keeps_numbers(const Node& node) {
  constexpr std::array<std::string_view, 3> ops{"Cast", "Identity", "Reshape"};
  return std::ranges::find(ops, node.op->name) != ops.end();
}

std::string array_text(const std::vector<std::string>& classes, const std::string& function) {
  return "const char *const " + function + "_names[" + std::to_string(classes.size()) + "]";
}

}  // namespace

std::vector<std::string> class_names_of(const Plan& plan, ValueId output) {
  const Node* node = producer_of(plan, output);
  while (node != nullptr && keeps_numbers(*node)) {
    output = node->inputs[0];
    node = producer_of(plan, output);
  }
  if (node == nullptr || node->outputs[0] != output) return {};
  return ops::word_list(OpView{plan.graph, *node}, "classlabels_strings");
}

std::string class_declarations(const std::vector<std::string>& classes, const std::string& macro,
                               const std::string& function) {
  if (classes.empty()) return {};
  UniqueNames names;
  std::string text = "typedef enum " + function + "_class {\n";
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::string name = names.claim(c_identifier(classes[i]));
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    text += "  " + macro + "_" + name + " = " + std::to_string(i) + (i + 1 < classes.size() ? "," : "") + "\n";
  }
  return text + "} " + function + "_class;\n/* The names of the classes as the model has them. */\nextern " +
         array_text(classes, function) + ";\n";
}

std::string class_table(const std::vector<std::string>& classes, const std::string& function) {
  if (classes.empty()) return {};
  std::string text = "extern \"C\" " + array_text(classes, function) + " = {\n";
  for (const std::string& name : classes) text += "    " + c_string(name) + ",\n";
  return text + "};\n\n";
}

}  // namespace mote
