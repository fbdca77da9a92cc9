#include "codegen/tree_functions.hpp"

#include <map>
#include <unordered_map>
#include <vector>

#include "codegen/literals.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/order_key.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

using ops::TreeBranch;
using ops::TreeDecision;

// Smaller subtrees are repeated: a call would cost more.
constexpr std::uint32_t least_shared_decisions = 4;
// Branches inside branches; compilers promise to take 256 levels of blocks.
constexpr std::size_t deepest_nesting = 40;

// Says in a comment what a decision compares: "X[7] <= 0.5".
class ColumnComments {
 public:
  ColumnComments(const Plan& plan, ValueId columns) {
    for (const Node& node : plan.graph.nodes) {
      if (node.outputs.empty() || node.outputs[0] != columns || !node.op->name.ends_with("Features")) continue;
      const OpView op{plan.graph, node};
      name_ = comment_text(plan.graph.at(node.inputs[0]).name);
      features_ = op.constant(1).to_integers();
      double_ = op.in(0).dtype == DType::f64;
      if (node.op->name != "RankFeatures") continue;
      starts_ = op.constant(2).to_integers();
      keys_ = op.constant(3).to_integers();
    }
  }

  [[nodiscard]] std::string text(const TreeDecision& decision) const {
    if (features_.empty()) return {};
    std::int64_t key = decision.threshold;
    if (!starts_.empty()) key = keys_[static_cast<std::size_t>(starts_[decision.column] + key)];
    const std::string threshold = double_ ? number_text(ops::value_of_key(key))
                                          : number_text(ops::value_of_key(static_cast<std::int32_t>(key)));
    return "  // " + name_ + "[" + std::to_string(features_[decision.column]) + "] <= " + threshold;
  }

 private:
  std::string name_{};
  std::vector<std::int64_t> features_{}, starts_{}, keys_{};
  bool double_ = false;
};

class TreePrinter {
 public:
  TreePrinter(const Plan& plan, const OpView& op, std::string name)
      : op_(op),
        format_(ops::tree_code_format(op)),
        roots_(op.constant(2).to_integers()),
        comments_(plan, op.node.inputs[0]),
        name_(std::move(name)),
        signature_("(const " + std::string(c_name(op.in(0).dtype)) + "* x) {\n"),
        returned_("static MOTE_SEPARATE " + std::string(c_name(op.out(0).dtype)) + " ") {}

  GeneratedCode print() {
    for (const std::int64_t root : roots_) survey(static_cast<std::uint32_t>(root));
    GeneratedCode code;
    std::string calls;
    for (std::size_t tree = 0; tree < roots_.size(); ++tree) {
      const std::string function = name_ + "_tree_" + std::to_string(tree);
      const auto root = static_cast<std::uint32_t>(roots_[tree]);
      const std::string body = statements(root);  // prints the functions that it needs first
      text_ += "// tree " + std::to_string(tree) + "\n" + returned_ + function + signature_ + body + "}\n\n";
      calls += "    leaves[" + std::to_string(tree) + "] = " + function + "(x);\n";
    }
    code.functions = std::move(text_);
    code.members = "  static void find_leaves(const " + std::string(c_name(op_.in(0).dtype)) + "* x, " +
                   std::string(c_name(op_.out(0).dtype)) + "* leaves) {\n" + calls + "  }\n";
    return code;
  }

 private:
  // What is known about the decision at a position.
  struct Facts {
    std::uint32_t parents = 0;
    std::uint32_t decisions = 0;  // of its subtree, at most least_shared_decisions
    bool counted = false;
  };

  [[nodiscard]] TreeDecision decision(std::uint32_t at) const {
    const auto found = ops::decision_at(ops::tree_code_of(op_), format_, at);
    MOTE_CHECK(found.has_value());  // the node's type rule has followed every way
    return *found;
  }

  // Parents and sizes of everything below a root, children first.
  void survey(std::uint32_t root) {
    std::vector<std::uint32_t> pending{root};
    if (facts_[root].counted) return;
    while (!pending.empty()) {
      const std::uint32_t at = pending.back();
      const TreeDecision read = decision(at);
      bool ready = true;
      for (const TreeBranch& branch : {read.yes, read.no}) {
        if (branch.leaf || facts_[branch.at].counted) continue;
        pending.push_back(branch.at);
        ready = false;
      }
      if (!ready) continue;
      pending.pop_back();
      if (facts_[at].counted) continue;
      std::uint32_t decisions = 1;
      for (const TreeBranch& branch : {read.yes, read.no}) {
        if (branch.leaf) continue;
        ++facts_[branch.at].parents;
        decisions += facts_[branch.at].decisions;
      }
      facts_[at].decisions = std::min(decisions, least_shared_decisions);
      facts_[at].counted = true;
    }
  }

  [[nodiscard]] bool is_shared(std::uint32_t at) const {
    const Facts& facts = facts_.at(at);
    return facts.parents > 1 && facts.decisions >= least_shared_decisions;
  }

  // The body of a function that starts at a decision. `pending`: what is to be printed behind the line before, each with
  // its nesting; a decision returns inside its block, so that `no` stands behind it at the same depth.
  std::string statements(std::uint32_t start) {
    struct Pending {
      TreeBranch branch;
      std::size_t nesting;
      bool closes;  // a brace instead
    };
    std::string text;
    std::vector<Pending> pending{{{.leaf = false, .at = start}, 1, false}};
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      const std::string indent(2 * next.nesting, ' ');
      if (next.closes) {
        text += indent + "}\n";
      } else if (next.branch.leaf) {
        text += indent + "return " + std::to_string(next.branch.at) + ";\n";
      } else if (next.branch.at != start && (is_shared(next.branch.at) || next.nesting > deepest_nesting)) {
        text += indent + "return " + function_at(next.branch.at) + "(x);\n";
      } else {
        const TreeDecision read = decision(next.branch.at);
        text += indent + "if (x[" + std::to_string(read.column) + "] <= " + literal(read.threshold, op_.in(0).dtype) + ") {" +
                comments_.text(read) + "\n";
        pending.push_back({read.no, next.nesting, false});
        pending.push_back({{}, next.nesting, true});
        pending.push_back({read.yes, next.nesting + 1, false});
      }
    }
    return text;
  }

  // The function of a subtree; printed when it is first needed, in front of its caller. The depth of calls here is that
  // of functions, which the pass that asks for branches has bounded.
  std::string function_at(std::uint32_t at) {
    const auto known = subtrees_.find(at);
    if (known != subtrees_.end()) return known->second;
    const std::string function = name_ + "_subtree_" + std::to_string(subtrees_.size());
    subtrees_.emplace(at, function);
    const std::string body = statements(at);
    text_ += returned_ + function + signature_ + body + "}\n\n";
    return function;
  }

  OpView op_;
  ops::TreeCodeFormat format_;
  std::vector<std::int64_t> roots_;
  ColumnComments comments_;
  std::string name_, signature_, returned_, text_{};
  std::unordered_map<std::uint32_t, Facts> facts_{};
  std::map<std::uint32_t, std::string> subtrees_{};
};

}  // namespace

GeneratedCode tree_functions(const Plan& plan, const Step& step, const std::string& name) {
  const OpView op{plan.graph, plan.graph.nodes[step.node]};
  return TreePrinter(plan, op, name).print();
}

}  // namespace mote
