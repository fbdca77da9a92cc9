#include "lib/plan/model_code.hpp"

#include <set>

#include "lib/ops/support/branch_code.hpp"
#include "lib/ops/support/tree_leaves.hpp"

namespace mote {
namespace {

bool has_branches(const Node& node) {
  const auto found = node.attrs.find("branches");
  return found != node.attrs.end() && found->second == Attr(std::int64_t{1});
}

}  // namespace

std::vector<BranchCode> branch_code(const Plan& plan) {
  std::vector<BranchCode> all;
  for (const Step& step : plan.steps) {
    const Node& node = plan.graph.nodes[step.node];
    if (!has_branches(node)) continue;
    const OpView op{plan.graph, node};
    const auto facts = ops::facts_of(ops::tree_code_of(op), ops::tree_code_format(op), op.constant(2).to_integers());
    MOTE_CHECK(facts.has_value());  // the node's type rule has followed every way
    all.push_back({.node = node.origin.node,
                   .decisions = facts->decisions,
                   .flash_bytes = ops::branch_code_bytes(plan.target, op.in(0).dtype, facts->decisions)});
  }
  return all;
}

std::int64_t branch_code_bytes(const Plan& plan) {
  std::int64_t bytes = 0;
  for (const BranchCode& one : branch_code(plan)) bytes += one.flash_bytes;
  return bytes;
}

std::int64_t node_flash_bytes(const Plan& plan, std::string_view node) {
  std::int64_t bytes = 0;
  for (const BranchCode& one : branch_code(plan))
    if (one.node == node) bytes += one.flash_bytes;
  std::set<ValueId> counted;
  for (const Step& step : plan.steps) {
    if (plan.graph.nodes[step.node].origin.node != node) continue;
    for (const ValueId operand : step.call.operands) {
      if (!operand || plan.placement(operand).home != Home::constant) continue;
      const ValueId storage = plan.placement(operand).storage;
      if (counted.insert(storage).second) bytes += plan.graph.at(storage).type.bytes();
    }
  }
  return bytes;
}

}  // namespace mote
