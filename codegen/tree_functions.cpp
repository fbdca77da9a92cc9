#include "codegen/tree_functions.hpp"

#include <algorithm>
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
// Trees of one function: more would be beyond the reach of branches, which is less on Cortex-M0, and of fewer decisions
// where 8-bit cores compare more than a byte.
constexpr std::uint32_t most_group_decisions = 300, most_near_decisions = 160;
std::uint32_t most_decisions(const Target& target, DType compared) {
  const TargetClass core = target_class(target);
  const bool near = core == TargetClass::soft_float || (core == TargetClass::avr && byte_size(compared) > 1);
  return near ? most_near_decisions : most_group_decisions;
}
constexpr std::uint32_t most_counted = 1U << 30;  // of decisions, shared ones counted as often as they are reached

// What is done with the number of the leaf that a way ends in.
enum class LeafUse : std::uint8_t { returned, assigned, added };

// What the functions of trees look like, and who calls them.
struct FunctionForm {
  std::string head{};        // in front of a function
  std::string result = "void";
  std::string parameters{};  // behind x
  std::string sum_type{};    // of the sum that they return
  LeafUse use = LeafUse::assigned;
  std::string each{};        // done with the leaf of a tree, # being the tree's number
  std::string call{};        // of the function #, whose first tree is @
  std::string caller{};      // parameters of find_leaves behind x
  bool has_range = false;    // the sum is handed on from function to function, and decides where it leaves a range
  bool decides = false;      // find_leaves says whether the sink found an end (codegen/kernels/tree_label.hpp)
};

std::string replaced(std::string text, std::string_view word, std::string_view by) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size())) text.replace(at, word.size(), by);
  return text;
}

class TreePrinter {
 public:
  TreePrinter(const Plan& plan, const Step& step, std::string name)
      : op_{plan.graph, plan.graph.nodes[step.node]},
        call_(step.call),
        format_(ops::tree_code_format(op_)),
        roots_(op_.constant(2).to_integers()),
        most_group_(most_decisions(plan.target, op_.in(0).dtype)),
        comments_(plan, op_.node),
        name_(std::move(name)),
        parameter_("const " + std::string(c_name(op_.in(0).dtype)) + "* x") {
    for (const std::int64_t root : roots_) survey(static_cast<std::uint32_t>(root));
  }

  GeneratedCode print() {
    form_ = form_of_functions();
    returned_ = form_.use == LeafUse::added ? form_.sum_type : leaf_type();
    return print_functions();
  }

 private:
  // What is known about the decision at a position.
  struct Facts {
    std::uint32_t parents = 0;
    std::uint32_t decisions = 0;  // of its subtree
    bool counted = false;
  };

  [[nodiscard]] FunctionForm form_of_functions() const {
    const std::string_view name = op_.node.op->name;
    const std::string leaf = stored_type(format_.leaf_bytes), store = "leaves[#] = static_cast<" + leaf + ">(leaf);\n";
    const FunctionForm lists{.parameters = ", " + leaf + "* leaves", .each = "  " + store, .call = "#(x, leaves)", .caller = leaf + "* leaves"};
    if (name == "TreeLeaves") return lists;
    if (name == "TreeSums") return form_of_sums();
    FunctionForm form{.caller = "Sink& sink", .decides = true};
    if (name == "TreeVoteLabels" && call_field("counts") > 1) {
      const std::string count = stored_type(static_cast<std::size_t>(call_field("count_bytes")));
      form.parameters = ", " + count + "* counts";
      form.each = "  counts[leaf] = static_cast<" + count + ">(counts[leaf] + 1u);\n";
      form.call = "#(x, sink.counts)";
    } else if (name == "TreeVoteLabels") {
      form.result = form.sum_type = number_type(static_cast<std::size_t>(call_field("count_bytes")));
      form.parameters = ", " + form.sum_type + " sum";
      form.use = LeafUse::added;
      form.has_range = true;
      form.call = "sink.sum = #(x, sink.sum)";
    } else if (name == "TreeSumLabels" && !std::get<bool>(field_of_call("sums_list"))) {
      const bool is_number = op_.integer("leaf_is_number") != 0;
      form.result = form.sum_type = number_type(static_cast<std::size_t>(call_field("sum_bytes")));
      form.has_range = true;
      form.parameters = lists.parameters + (is_number ? "" : ", constant_pointer<" + std::string(c_name(op_.in(4).dtype)) + "> numbers") + ", " + form.sum_type + " sum";
      form.each = lists.each + "  sum = static_cast<" + form.sum_type + ">(sum + " + (is_number ? "leaf" : "numbers[static_cast<int32_t>(leaf)]") + ");\n";
      form.call = std::string("sink.sum = #(x, sink.leaves, ") + (is_number ? "" : "sink.numbers, ") + "sink.sum)";
    } else {
      form.parameters = lists.parameters;
      form.each = lists.each;
      form.call = "#(x, sink.leaves)";
    }
    return form;
  }

  [[nodiscard]] FunctionForm form_of_sums() const {
    if (op_.out(0).shape[1] != 1 || op_.has_in(3))
      return {.head = "template <class Sink>\n", .parameters = ", Sink sink", .each = "  sink.add(leaf, #);\n", .call = "#(x, sink)", .caller = "Sink sink"};
    // The sum of leaf numbers is all there is. Small cores add without masking in between.
    const auto bytes = static_cast<std::size_t>(byte_size(op_.out(0).dtype));
    return {.result = number_type(bytes), .sum_type = number_type(bytes), .use = LeafUse::added, .call = "sink.add(#(x), @)", .caller = "Sink sink"};
  }

  [[nodiscard]] const KernelField& field_of_call(std::string_view name) const {
    const auto found = std::ranges::find(call_.fields, name, [](const auto& one) { return std::string_view(one.first); });
    MOTE_CHECK(found != call_.fields.end());
    return found->second;
  }
  [[nodiscard]] std::int64_t call_field(std::string_view name) const { return std::get<std::int32_t>(field_of_call(name)); }

  // The sink is asked between the trees in front of `tree` and the others.
  [[nodiscard]] bool is_asked_at(std::size_t tree) const {
    if (!form_.decides || tree >= roots_.size()) return false;
    const std::int64_t beyond = static_cast<std::int64_t>(tree) - call_field("first_check");
    return beyond >= 0 && beyond % call_field("check_every") == 0;
  }

  // Functions that may return early are always asked about.
  [[nodiscard]] bool is_asked_behind(std::size_t tree) const {
    return is_asked_at(tree) || (form_.has_range && tree < roots_.size() && static_cast<std::int64_t>(tree) > call_field("first_check"));
  }

  // Functions of as many trees as are good for one.
  GeneratedCode print_functions() {
    std::string calls;
    for (std::size_t first = 0; first < roots_.size();) {
      const std::size_t end = end_of_group(first);
      const std::string function = name_ + "_trees_from_" + std::to_string(first);
      const std::string body = tree_statements(first, end, form_.each);
      const bool sums = !form_.sum_type.empty();
      text_ += form_.head + "static MOTE_SEPARATE " + form_.result + " " + function + "(" + parameter_ + form_.parameters + ") {\n" +
               (form_.use == LeafUse::assigned ? "  " + leaf_type() + " leaf;\n" : "") + (sums && !form_.has_range ? "  " + form_.sum_type + " sum = 0;\n" : "") +
               body + (sums ? "  return sum;\n" : "") + "}\n\n";
      calls += "    " + replaced(replaced(form_.call, "#", function), "@", std::to_string(first)) + ";\n";
      if (is_asked_behind(end)) calls += "    if (sink.ends(" + std::to_string(end) + ")) { return true; }\n";
      first = end;
    }
    // Once, for compilers that would read it again after every call.
    if (form_.decides && calls.find("sink.leaves") != std::string::npos) calls = "    auto* const leaves = sink.leaves;\n" + replaced(calls, "sink.leaves", "leaves");
    return {.functions = std::move(text_), .members = find_leaves(calls)};
  }

  [[nodiscard]] std::string find_leaves(const std::string& body) const {
    const bool has_sink = form_.caller.starts_with("Sink");
    return std::string(has_sink ? "  template <class Sink>\n" : "") + "  static " + (form_.decides ? "bool" : "void") + " find_leaves(" + parameter_ +
           ", " + form_.caller + ") {\n" + body + (form_.decides ? "    return sink.ends(" + std::to_string(roots_.size()) + ");\n" : "") + "  }\n";
  }

  std::string tree_statements(std::size_t first, std::size_t end, const std::string& each) {
    std::string text;
    for (std::size_t tree = first; tree < end; ++tree)
      text += "  " + tree_title(tree) + statements(root(tree), form_.use, 1) + replaced(each, "#", std::to_string(tree)) +
              (form_.has_range && tree + 1 < end ? settled_return(tree + 1) : "");
    return text;
  }

  // What a sink with one sum asks in `ends`, inside a function: its sum of all trees before it, too, is what comes back.
  [[nodiscard]] std::string settled_return(std::size_t asked) const {
    if (!is_asked_at(asked)) return {};
    const bool votes = op_.node.op->name == "TreeVoteLabels";
    const std::int64_t above = call_field(votes ? "limit" : "above"), below = votes ? above + 1 : call_field("below");
    const std::int64_t rest = static_cast<std::int64_t>(roots_.size() - asked) * (votes ? 1 : call_field("most_number"));
    std::string condition = "sum > " + std::to_string(above) + "u";
    if (below > rest) condition += " || sum < " + std::to_string(below - rest) + "u";
    return "  if (" + condition + ") { return sum; }  // whatever the other trees say\n";
  }

  // C++ types of a list, and of what is computed with.
  static std::string stored_type(std::size_t bytes) { return bytes == 1 ? "uint8_t" : (bytes == 2 ? "uint16_t" : "uint32_t"); }
  static std::string number_type(std::size_t bytes) { return "LeafNumber<" + std::to_string(bytes) + ">::Type"; }
  [[nodiscard]] std::string leaf_type() const { return number_type(format_.leaf_bytes); }

  static std::string tree_title(std::size_t tree) { return "// tree " + std::to_string(tree) + "\n"; }
  [[nodiscard]] std::uint32_t root(std::size_t tree) const { return static_cast<std::uint32_t>(roots_[tree]); }
  // Behind the last tree of the group that begins with `first`.
  [[nodiscard]] std::size_t end_of_group(std::size_t first) const {
    std::uint32_t decisions = facts_.at(root(first)).decisions;
    std::size_t end = first + 1;
    while (end < roots_.size() && (form_.has_range || !is_asked_at(end)) && decisions + facts_.at(root(end)).decisions <= most_group_)
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
    if (use == LeafUse::assigned) return "leaf = " + number + ";\n";
    return "sum += " + number + ";\n";
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
  const KernelCall& call_;
  ops::TreeCodeFormat format_;
  std::vector<std::int64_t> roots_;
  std::uint32_t most_group_;
  TreeComments comments_;
  std::string name_, parameter_, returned_{}, text_{};
  FunctionForm form_{};
  std::unordered_map<std::uint32_t, Facts> facts_{};
  std::map<std::uint32_t, std::string> subtrees_{};
};

}  // namespace

GeneratedCode tree_functions(const Plan& plan, const Step& step, const std::string& name) {
  return TreePrinter(plan, step, name).print();
}

}  // namespace mote
