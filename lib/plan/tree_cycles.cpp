#include "lib/plan/tree_cycles.hpp"

#include "lib/ops/support/tree_leaves.hpp"

namespace mote {
namespace {

struct TreeRates {
  double walked = 0.0, branched = 0.0;  // per decision: read from tables, or code
  double added = 0.0;                   // per tree whose leaf is not one number, but shares of classes or a real value
  double ordered = 0.0, ranked = 0.0;   // per column of features
};

constexpr TreeRates cortex_m0{.walked = 28.0, .branched = 17.0, .added = 195.0, .ordered = 110.0, .ranked = 215.0};
constexpr TreeRates cortex_m4{.walked = 16.0, .branched = 15.0, .added = 170.0, .ordered = 26.0, .ranked = 92.0};
constexpr TreeRates avr{.walked = 52.0, .branched = 48.0, .added = 800.0, .ordered = 110.0, .ranked = 350.0};

// Cores without floating point add the values of leaves as a Cortex-M0 does.
TreeRates rates_of(const Target& target) {
  if (target.isa == "avr") return avr;
  return target.isa == "armv6-m" || target.cpu.fpu == Fpu::none ? cortex_m0 : cortex_m4;
}

bool adds_values(const OpView& op, std::string_view kernel) {
  return kernel.ends_with("share_labels") || (kernel.ends_with("_sums") && op.has_in(3));
}

}  // namespace

double tree_cycles(const Plan& plan, const Step& step) {
  const OpView op{plan.graph, plan.graph.nodes[step.node]};
  const TreeRates rates = rates_of(plan.target);
  const std::string_view kernel = step.call.kernel;
  if (kernel == "order_features") return rates.ordered * static_cast<double>(op.out(0).shape.elements());
  if (kernel == "rank_features") return rates.ranked * static_cast<double>(op.out(0).shape.elements());
  if (!op.node.attrs.contains("column_bytes")) return 0.0;
  const auto facts = ops::facts_of(ops::tree_code_of(op), ops::tree_code_format(op), op.constant(2).to_integers());
  MOTE_CHECK(facts.has_value());  // the node's type rule has followed every way
  const double width = byte_size(op.in(0).dtype) == 8 ? 2.0 : 1.0;
  const double decision = width * (op.integer("branches") != 0 ? rates.branched : rates.walked);
  const double tree = facts->depth * decision + (adds_values(op, kernel) ? rates.added : 0.0);
  return tree * static_cast<double>(op.in(0).shape[0] * op.in(2).shape[0]);
}

}  // namespace mote
