#include "codegen/tree_functions.hpp"

#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "codegen/literals.hpp"
#include "codegen/tree_comments.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tree_leaves.hpp"

namespace mote {
namespace {

using ops::TreeBranch;
using ops::TreeDecision;

// Smaller subtrees are repeated: a call would cost more.
constexpr std::uint32_t least_shared_decisions = 4;
// Branches inside branches; compilers promise to take 256 levels of blocks.
constexpr std::size_t deepest_nesting = 40;
// Trees of one function: more would be beyond the reach of short branches.
constexpr std::uint32_t most_group_decisions = 160;
constexpr std::uint32_t most_counted = 1U << 30;  // of decisions, shared ones counted as often as they are reached

// What is done with the number of the leaf that a way ends in.
enum class LeafUse : std::uint8_t { returned, assigned, added };

class TreePrinter {
 public:
  TreePrinter(const Plan& plan, const OpView& op, std::string name)
      : op_(op),
        format_(ops::tree_code_format(op)),
        roots_(op.constant(2).to_integers()),
        comments_(plan, op.node),
        name_(std::move(name)),
        parameter_("const " + std::string(c_name(op.in(0).dtype)) + "* x") {
    for (const std::int64_t root : roots_) survey(static_cast<std::uint32_t>(root));
  }

  // Functions of as many trees as are good for one, which write a list of leaves.
  GeneratedCode print_leaves() {
    const std::string leaf(c_name(op_.out(0).dtype));
    returned_ = leaf_type();
    std::string calls;
    for (std::size_t first = 0; first < roots_.size();) {
      const std::size_t end = end_of_group(first);
      const std::string function = name_ + "_trees_from_" + std::to_string(first);
      std::string body;
      for (std::size_t tree = first; tree < end; ++tree)
        body += "  " + tree_title(tree) + statements(root(tree), LeafUse::assigned, 1) + "  leaves[" +
                std::to_string(tree) + "] = static_cast<" + leaf + ">(leaf);\n";
      text_ += "static MOTE_SEPARATE void " + function + "(" + parameter_ + ", " + leaf + "* leaves) {\n  " + leaf_type() +
               " leaf;\n" + body + "}\n\n";
      calls += "    " + function + "(x, leaves);\n";
      first = end;
    }
    return {.functions = std::move(text_),
            .members = "  static void find_leaves(" + parameter_ + ", " + leaf + "* leaves) {\n" + calls + "  }\n"};
  }

  // The same that hand each leaf to a sink.
  GeneratedCode print_leaf_sums() {
    returned_ = leaf_type();
    std::string calls;
    for (std::size_t first = 0; first < roots_.size();) {
      const std::size_t end = end_of_group(first);
      const std::string function = name_ + "_trees_from_" + std::to_string(first);
      std::string body;
      for (std::size_t tree = first; tree < end; ++tree)
        body += "  " + tree_title(tree) + statements(root(tree), LeafUse::assigned, 1) + "  sink.add(leaf, " + std::to_string(tree) + ");\n";
      text_ += "template <class Sink>\nstatic MOTE_SEPARATE void " + function + "(" + parameter_ + ", Sink sink) {\n  " +
               leaf_type() + " leaf;\n" + body + "}\n\n";
      calls += "    " + function + "(x, sink);\n";
      first = end;
    }
    return {.functions = std::move(text_),
            .members = "  template <class Sink>\n  static void find_leaves(" + parameter_ + ", Sink sink) {\n" + calls + "  }\n"};
  }

  // The same where the sum of leaf numbers is all there is.
  GeneratedCode print_number_sums() {
    const std::string sum(c_name(op_.out(0).dtype));
    returned_ = sum;
    std::string calls;
    for (std::size_t first = 0; first < roots_.size();) {
      const std::size_t end = end_of_group(first);
      const std::string function = name_ + "_trees_from_" + std::to_string(first);
      std::string body;
      for (std::size_t tree = first; tree < end; ++tree)
        body += "  " + tree_title(tree) + statements(root(tree), LeafUse::added, 1);
      text_ += "static MOTE_SEPARATE " + sum + " " + function + "(" + parameter_ + ") {\n  " + working_type() + " sum = 0;\n" + body +
               "  return static_cast<" + sum + ">(sum);\n}\n\n";
      calls += "    sink.add(" + function + "(x), " + std::to_string(first) + ");\n";
      first = end;
    }
    return {.functions = std::move(text_),
            .members = "  template <class Sink>\n  static void find_leaves(" + parameter_ + ", Sink sink) {\n" + calls + "  }\n"};
  }

 private:
  // What is known about the decision at a position.
  struct Facts {
    std::uint32_t parents = 0;
    std::uint32_t decisions = 0;  // of its subtree
    bool counted = false;
  };

  static std::string tree_title(std::size_t tree) { return "// tree " + std::to_string(tree) + "\n"; }
  [[nodiscard]] std::uint32_t root(std::size_t tree) const { return static_cast<std::uint32_t>(roots_[tree]); }
  [[nodiscard]] std::string leaf_type() const { return "LeafNumber<" + std::to_string(format_.leaf_bytes) + ">::Type"; }
  // In which small cores add without masking in between.
  [[nodiscard]] std::string working_type() const { return "LeafNumber<" + std::to_string(byte_size(op_.out(0).dtype)) + ">::Type"; }

  // Behind the last tree of the group that begins with `first`.
  [[nodiscard]] std::size_t end_of_group(std::size_t first) const {
    std::uint32_t decisions = facts_.at(root(first)).decisions;
    std::size_t end = first + 1;
    while (end < roots_.size() && decisions + facts_.at(root(end)).decisions <= most_group_decisions)
      decisions += facts_.at(root(end++)).decisions;
    return end;
  }

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
        decisions = std::min(decisions + facts_[branch.at].decisions, most_counted);
      }
      facts_[at].decisions = decisions;
      facts_[at].counted = true;
    }
  }

  [[nodiscard]] bool is_shared(std::uint32_t at) const {
    const Facts& facts = facts_.at(at);
    return facts.parents > 1 && facts.decisions >= least_shared_decisions;
  }

  // `number`: of the leaf, as C++.
  static std::string leaf_statement(LeafUse use, const std::string& number) {
    if (use == LeafUse::returned) return "return " + number + ";\n";
    return (use == LeafUse::assigned ? "leaf = " : "sum += ") + number + ";\n";
  }

  // Nested ifs that begin with a decision. `pending`: what is to be printed behind the line before. Where the leaf is
  // returned, `no` needs no else: it stands behind the block of `yes` at the same depth.
  std::string statements(std::uint32_t start, LeafUse use, std::size_t nesting) {
    struct Pending {
      TreeBranch branch;
      std::size_t nesting;
      std::string_view line;  // instead
    };
    std::string text;
    std::vector<Pending> pending{{{.leaf = false, .at = start}, nesting, {}}};
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      const std::string indent(2 * next.nesting, ' ');
      if (!next.line.empty()) {
        text += indent + std::string(next.line);
      } else if (next.branch.leaf) {
        text += indent + leaf_statement(use, std::to_string(next.branch.at));
      } else if (next.branch.at != start && (is_shared(next.branch.at) || next.nesting > deepest_nesting)) {
        text += indent + leaf_statement(use, function_at(next.branch.at) + "(x)");
      } else {
        text += open_decision(next.branch.at, use, next.nesting, indent, pending);
      }
    }
    return text;
  }

  template <class Pending>
  std::string open_decision(std::uint32_t at, LeafUse use, std::size_t nesting, const std::string& indent,
                            std::vector<Pending>& pending) {
    const TreeDecision read = decision(at);
    const std::string comment = comments_.text(read);
    const auto adds_nothing = [&](const TreeBranch& branch) { return use == LeafUse::added && branch.leaf && branch.at == 0; };
    const bool swapped = adds_nothing(read.yes);
    const TreeBranch first = swapped ? read.no : read.yes, second = swapped ? read.yes : read.no;
    if (use == LeafUse::returned) {
      pending.push_back({second, nesting, {}});
      pending.push_back({{}, nesting, "}\n"});
    } else if (adds_nothing(second)) {
      pending.push_back({{}, nesting, "}\n"});
    } else {
      pending.push_back({{}, nesting, "}\n"});
      pending.push_back({second, nesting + 1, {}});
      pending.push_back({{}, nesting, "} else {\n"});
    }
    pending.push_back({first, nesting + 1, {}});
    return indent + "if (" + comparison(read, swapped) + ") {" + (comment.empty() ? "" : "  // " + comment) + "\n";
  }

  [[nodiscard]] std::string comparison(const TreeDecision& read, bool negated) const {
    const std::string column = std::to_string(read.column);
    if (!is_float(op_.in(0).dtype))
      return "x[" + column + "] " + (negated ? "> " : "<= ") + literal(read.threshold, op_.in(0).dtype);
    // Keys of numbers below 0 are their bits with all but the sign inverted, see lib/ops/support/order_key.hpp.
    const auto key = static_cast<std::int32_t>(read.threshold);
    const std::int64_t bits = static_cast<std::uint32_t>(key ^ std::numeric_limits<std::int32_t>::max());
    return (negated ? "!at_most_" : "at_most_") + (key < 0 ? "negative(x + " + column + ", " + literal(bits, DType::u32)
                                                           : "positive(x + " + column + ", " + literal(std::int64_t{key}, DType::s32)) + ")";
  }

  // The function of a subtree; printed when it is first needed, in front of its caller. The depth of calls here is that
  // of functions, which the pass that asks for branches has bounded.
  std::string function_at(std::uint32_t at) {
    const auto known = subtrees_.find(at);
    if (known != subtrees_.end()) return known->second;
    const std::string function = name_ + "_subtree_" + std::to_string(subtrees_.size());
    subtrees_.emplace(at, function);
    const std::string body = statements(at, LeafUse::returned, 1);
    text_ += "static MOTE_SEPARATE " + returned_ + " " + function + "(" + parameter_ + ") {\n" + body + "}\n\n";
    return function;
  }

  OpView op_;
  ops::TreeCodeFormat format_;
  std::vector<std::int64_t> roots_;
  TreeComments comments_;
  std::string name_, parameter_, returned_{}, text_{};
  std::unordered_map<std::uint32_t, Facts> facts_{};
  std::map<std::uint32_t, std::string> subtrees_{};
};

}  // namespace

GeneratedCode tree_functions(const Plan& plan, const Step& step, const std::string& name) {
  const OpView op{plan.graph, plan.graph.nodes[step.node]};
  TreePrinter printer(plan, op, name);
  if (op.node.op->name == "TreeLeaves") return printer.print_leaves();
  return op.out(0).shape[1] == 1 && !op.has_in(3) ? printer.print_number_sums() : printer.print_leaf_sums();
}

}  // namespace mote
