#include "passes/quantize/calibrate/marked_run.hpp"

#include <algorithm>

#include "lib/ops/evaluate.hpp"
#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

// What the interpreter spends on an element of a result besides its sum, measured against a multiply-accumulate.
constexpr double work_per_element = 4.0;

}  // namespace

MarkedRun::MarkedRun(Graph marked, const Marking& marking, std::span<const ActivationGroup> groups)
    : graph_(std::move(marked)), group_of_(graph_.nodes.size()), first_mark_(groups.size(), graph_.nodes.size()),
      compared_(compared_outputs(graph_)) {
  for (std::size_t i = 0; i < graph_.values.size(); ++i)
    constants_.push_back(graph_.values[i].is_constant() ? graph_.constant(ValueId{static_cast<std::uint32_t>(i)})
                                                        : Tensor{});
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    // Values that the marks have added are none of the marking, and a FakeQuantize of the model follows such.
    const bool is_mark = node.op->name == "FakeQuantize" && *node.inputs[0] < marking.marked.size() &&
                         marking.is_marked(node.inputs[0]);
    if (!is_mark) continue;
    const auto group = std::ranges::find(groups, marking.group[*node.inputs[0]], &ActivationGroup::id);
    MOTE_CHECK(group != groups.end());
    group_of_[i] = static_cast<std::size_t>(group - groups.begin());
    first_mark_[*group_of_[i]] = std::min(first_mark_[*group_of_[i]], i);
  }
  find_last_uses();
  sum_work();
}

void MarkedRun::find_last_uses() {
  last_use_.assign(graph_.values.size(), 0);
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
    for (const ValueId id : graph_.nodes[i].inputs)
      if (id) last_use_[*id] = i;
  for (const ComparedOutput& output : compared_) last_use_[*output.value] = graph_.nodes.size();
}

void MarkedRun::sum_work() {
  work_from_.assign(graph_.nodes.size() + 1, 0.0);
  std::int64_t alive = 0;
  for (const ValueId id : graph_.inputs) alive += graph_.at(id).type.bytes();
  position_bytes_ = alive;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    double work = node.op->macs != nullptr ? static_cast<double>(node.op->macs({graph_, node})) : 0.0;
    for (const ValueId id : node.outputs) {
      if (!id) continue;
      work += work_per_element * static_cast<double>(graph_.at(id).type.shape.elements());
      alive += graph_.at(id).type.bytes();
    }
    position_bytes_ = std::max(position_bytes_, alive);
    std::vector<ValueId> read = node.inputs;
    std::ranges::sort(read);
    read.erase(std::unique(read.begin(), read.end()), read.end());
    for (const ValueId id : read)
      if (id && last_use_[*id] == i && !graph_.at(id).is_constant()) alive -= graph_.at(id).type.bytes();
    work_from_[i] = work;
  }
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) work_from_[i] += work_from_[i + 1];
}

MarkedRun::Position MarkedRun::start(std::span<const Tensor> inputs) const {
  MOTE_CHECK(inputs.size() == graph_.inputs.size());
  Position position{.values = std::vector<Tensor>(graph_.values.size()), .node = 0};
  for (std::size_t i = 0; i < inputs.size(); ++i) position.values[*graph_.inputs[i]] = inputs[i];
  return position;
}

std::vector<Tensor> MarkedRun::evaluate(std::size_t index, const Position& position, const Grids& grids) const {
  const Node& node = graph_.nodes[index];
  std::vector<const Tensor*> operands;
  for (const ValueId id : node.inputs)
    operands.push_back(!id ? nullptr : graph_.at(id).is_constant() ? &constants_[*id] : &position.values[*id]);
  if (!group_of_[index]) return evaluate_node(graph_, node, operands, Precision::single);
  const std::optional<Grid>& grid = grids[*group_of_[index]];
  if (!grid) return {*operands[0]};
  Node mark = node;
  mark.attrs = attrs_of(*grid);
  return evaluate_node(graph_, mark, operands, Precision::single);
}

void MarkedRun::advance(Position& position, std::size_t node, const Grids& grids) const {
  for (; position.node < node; ++position.node) {
    std::vector<Tensor> results = evaluate(position.node, position, grids);
    const Node& done = graph_.nodes[position.node];
    for (std::size_t i = 0; i < results.size(); ++i)
      if (done.outputs[i]) position.values[*done.outputs[i]] = std::move(results[i]);
    for (const ValueId id : done.inputs)
      if (id && last_use_[*id] == position.node) position.values[*id] = {};
  }
}

OutputError::Outputs MarkedRun::finish(Position position, const Grids& grids) const {
  advance(position, graph_.nodes.size(), grids);
  OutputError::Outputs outputs;
  for (const ComparedOutput& output : compared_)
    outputs.push_back(graph_.at(output.value).is_constant() ? constants_[*output.value]
                                                            : position.values[*output.value]);
  return outputs;
}

Graph MarkedRun::with_grids(const Grids& grids) const {
  Graph graph = graph_;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (group_of_[i]) graph.nodes[i].attrs = attrs_of(*grids[*group_of_[i]]);
  return graph;
}

}  // namespace mote
