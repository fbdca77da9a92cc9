#include "codegen/names.hpp"

#include <algorithm>

#include "codegen/generated_functions.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

std::string upper(std::string text) {
  for (char& letter : text)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  return text;
}

// Unnamed nodes carry "#12"; their operator says more than their number.
std::string layer_name(const Plan& plan, const Step& step) {
  const Node& node = plan.graph.nodes[step.node];
  const bool named = !node.origin.node.empty() && node.origin.node.front() != '#';
  return named ? node.origin.node : std::string(node.op->name);
}

// Steps with functions of their own share nothing.
bool same_geometry(const Plan& plan, std::size_t a, std::size_t b) {
  const KernelCall &first = plan.steps[a].call, &second = plan.steps[b].call;
  return a == b || (first.kernel == second.kernel && first.fields == second.fields && !has_generated_code(first.kernel));
}

}  // namespace

std::string layer_title(const Plan& plan, const Step& step) {
  const Node& node = plan.graph.nodes[step.node];
  const std::string op = node.origin.op_type.empty() ? std::string(node.op->name) : node.origin.op_type;
  return comment_text(node.origin.node.empty() ? op : node.origin.node + " (" + op + ")");
}

ValueId constant_of(const Plan& plan, ValueId id) {
  if (!id || plan.graph.at(id).is_constant()) return id;
  const Placement& place = plan.placement(id);
  return place.home == Home::constant ? place.storage : ValueId{};
}

std::vector<ValueId> used_constants(const Plan& plan) {
  std::vector<ValueId> used;
  for (const Step& step : plan.steps)
    for (const ValueId operand : step.call.operands)
      if (const ValueId id = constant_of(plan, operand); id && std::ranges::find(used, id) == used.end()) used.push_back(id);
  return used;
}

DropNames choose_names(const Plan& plan, const EmitOptions& options) {
  DropNames names;
  names.prefix = options.name;
  names.macro = upper(options.name);
  names.kernels = options.name + "_kernels";

  UniqueNames parameters;
  // Parameters hide names of the enclosing scope: what the function's body calls must keep its own.
  for (const char* used : {"network_context", "arena", "at", "constant_pointer"}) parameters.claim(used);
  for (const Step& step : plan.steps) parameters.claim(step.call.kernel);
  for (const ValueId id : plan.graph.inputs) names.inputs.push_back(parameters.claim(plan.graph.at(id).name));
  for (const ValueId id : plan.graph.outputs) names.outputs.push_back(parameters.claim(plan.graph.at(id).name));

  UniqueNames arrays;
  for (const ValueId id : used_constants(plan)) names.constants[id] = arrays.claim(plan.graph.at(id).name);

  UniqueNames geometries;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto equal = [&](std::size_t j) { return same_geometry(plan, j, i); };
    std::size_t owner = 0;
    while (!equal(owner)) ++owner;
    names.geometry_owner.push_back(owner);
    names.geometry.push_back(owner < i ? names.geometry[owner] : geometries.claim(layer_name(plan, plan.steps[i])));
  }
  return names;
}

}  // namespace mote
