#include "passes/fit/memory_splits.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "passes/fit/widths.hpp"

namespace mote {
namespace {

constexpr double nearly_whole = -0.5;  // of the sum of logarithms: nothing is looked for
constexpr double least_gain = 0.02;
constexpr double beyond_reach = -1e12;    // no widths are small enough: the least memory counts
constexpr std::size_t rank_multiple = 4;  // what the kernels take side by side

using Splits = std::vector<WantedSplit>;

std::int64_t elements(const Graph& graph, ValueId id) { return graph.at(id).type.shape.elements(); }

// Without redundancy between the taps of a window half of the rank of two is hardly less than all of it (Jaderberg et
// al. 2014); 1x1 convolutions have no such redundancy.
std::int64_t rank_enough(const Shape& first, const Shape& second) {
  const std::int64_t full = std::min(first[0] * first[1] * first[2], second[0] * second[1] * second[3]);
  return first[0] * first[1] * second[0] * second[1] > 1 ? (full + 1) / 2 : full;
}

// In place of factors, whose values memory does not depend on; no two channels are alike.
SplitConvolution placeholder(const OpView& op, const WantedSplit& wanted) {
  const std::size_t blocks = block_count(op, wanted.split), rank = wanted.split.rank;
  const std::size_t outputs = static_cast<std::size_t>(op.in(1).shape[3]);
  SplitConvolution split{.node = wanted.node, .split = wanted.split, .bias = std::vector<float>(outputs, 0.0F)};
  const auto values = [](std::size_t count) {
    std::vector<double> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = 0.1 * std::sin(static_cast<double>(i * i + i + 1));
    return result;
  };
  split.factors.rank = rank;
  split.factors.first = values(input_order(op, wanted.split).size() / blocks * rank);
  split.factors.second = values(blocks * rank * outputs);
  return split;
}

Graph structure_with(const Graph& graph, const Splits& splits) {
  std::vector<SplitConvolution> chosen;
  for (const WantedSplit& wanted : splits) chosen.push_back(placeholder({graph, graph.nodes[wanted.node]}, wanted));
  return with_splits(graph, chosen);
}

// The first of the two convolutions that the node of a value became.
std::size_t first_half(const Graph& split, ValueId output) {
  const auto second = std::ranges::find_if(split.nodes, [&](const Node& node) { return node.outputs[0] == output; });
  MOTE_CHECK(second != split.nodes.end() && second != split.nodes.begin());
  return static_cast<std::size_t>(second - split.nodes.begin()) - 1;
}

// Whether something that depends on the node's result reads its operand as well, which then has to wait in any case.
bool waits_anyway(const Graph& graph, std::size_t at) {
  const ValueId operand = graph.nodes[at].inputs[0];
  std::set<std::size_t> behind{*graph.nodes[at].outputs[0]};
  for (std::size_t i = at + 1; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const auto is_behind = [&](ValueId id) { return id && behind.contains(*id); };
    if (std::ranges::none_of(node.inputs, is_behind)) continue;
    if (std::ranges::find(node.inputs, operand) != node.inputs.end()) return true;
    for (const ValueId id : node.outputs)
      if (id) behind.insert(*id);
  }
  return false;
}

// One of those whose first convolutions give as many pixels; less than operand and result at the least rank.
Splits ways_for(const Graph& graph, std::size_t node) {
  const OpView op{graph, graph.nodes[node]};
  const std::int64_t less_than = std::min(elements(graph, op.node.inputs[0]), elements(graph, op.node.outputs[0]));
  std::set<std::int64_t> seen;
  Splits ways;
  for (ConvolutionSplit way : ways_to_split(op)) {
    const std::int64_t pixels = pixels_between(op, way);
    if (pixels * static_cast<std::int64_t>(rank_multiple) >= less_than || !seen.insert(pixels).second) continue;
    way.rank = rank_multiple;
    const Graph split = structure_with(graph, {{.node = node, .split = way}});
    const std::size_t first = first_half(split, op.node.outputs[0]);
    const auto weights = [&](std::size_t half) { return split.at(split.nodes[half].inputs[1]).type.shape; };
    const auto enough = static_cast<std::size_t>(rank_enough(weights(first), weights(first + 1)));
    way.rank = (enough + rank_multiple - 1) / rank_multiple * rank_multiple;
    ways.push_back({.node = node, .split = way});
  }
  return ways;
}

class SplitSearch {
 public:
  SplitSearch(const Graph& graph, const RoughOptions& options, std::int64_t ram_bytes)
      : graph_(graph), options_(options), ram_bytes_(ram_bytes), whole_(widths_of(graph)) {}

  Result<Splits> run() {
    MOTE_TRY(Form best, form_with({}));
    if (best.kept >= nearly_whole) return Splits{};
    Splits candidates = all_candidates();
    while (!candidates.empty()) {
      MOTE_TRY(Form next, best_extension(best, candidates));
      if (next.kept < best.kept + least_gain) break;
      std::erase_if(candidates, [&](const WantedSplit& one) { return one.node == next.splits.back().node; });
      best = std::move(next);
    }
    return std::move(best.narrow);
  }

 private:
  struct Form {
    Splits splits{}, narrow{};  // as asked for, and with the ranks that memory allows
    double kept = -std::numeric_limits<double>::infinity();
  };

  // Those that with what they read and give alone are too much as they are.
  [[nodiscard]] Splits all_candidates() const {
    Splits candidates;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const OpView op{graph_, graph_.nodes[i]};
      if (!can_be_split(op) || waits_anyway(graph_, i)) continue;
      if (elements(graph_, op.node.inputs[0]) + elements(graph_, op.node.outputs[0]) <= ram_bytes_) continue;
      const Splits ways = ways_for(graph_, i);
      candidates.insert(candidates.end(), ways.begin(), ways.end());
    }
    return candidates;
  }

  [[nodiscard]] Result<Form> best_extension(const Form& form, const Splits& candidates) const {
    Form best;
    for (const WantedSplit& candidate : candidates) {
      Splits splits = form.splits;
      splits.push_back(candidate);
      MOTE_TRY(Form tried, form_with(std::move(splits)));
      if (tried.kept > best.kept) best = std::move(tried);
    }
    return best;
  }

  [[nodiscard]] Result<Form> form_with(Splits splits) const {
    const Graph split = structure_with(graph_, splits);
    MOTE_TRY(const std::optional<FamilyWidths> widths, widths_for_memory(split, options_, ram_bytes_));
    const Graph narrow = narrowed(split, widths.value_or(least_widths_of(split)));
    Form form{.splits = std::move(splits), .kept = 0.0};
    if (!widths) {
      MOTE_TRY(const Plan plan, rough_plan(narrow, options_));
      form.kept = beyond_reach - static_cast<double>(plan.arena_bytes);
    }
    for (const auto& [family, width] : widths_of(narrow)) {
      const auto before = whole_.find(family);
      if (widths && before != whole_.end())
        form.kept += std::log(static_cast<double>(width) / static_cast<double>(before->second));
    }
    for (WantedSplit one : form.splits) {
      const std::size_t first = first_half(narrow, graph_.nodes[one.node].outputs[0]);
      const auto weights = [&](std::size_t half) { return narrow.at(narrow.nodes[half].inputs[1]).type.shape; };
      const std::int64_t rank = weights(first)[3], enough = rank_enough(weights(first), weights(first + 1));
      if (widths && rank < enough) form.kept += std::log(static_cast<double>(rank) / static_cast<double>(enough));
      one.split.rank = static_cast<std::size_t>(rank);
      form.narrow.push_back(one);
    }
    return form;
  }

  const Graph& graph_;
  const RoughOptions& options_;
  std::int64_t ram_bytes_;
  FamilyWidths whole_;
};

}  // namespace

Result<std::vector<WantedSplit>> splits_for_memory(const Graph& graph, const RoughOptions& options,
                                                   std::int64_t ram_bytes) {
  return SplitSearch(graph, options, ram_bytes).run();
}

}  // namespace mote
