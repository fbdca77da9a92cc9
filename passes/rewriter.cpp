#include "passes/rewriter.hpp"

#include <algorithm>
#include <unordered_map>

#include "lib/ops/results.hpp"

namespace mote {

Rewriter::Rewriter(Graph graph) : graph_(std::move(graph)), pending_(std::move(graph_.nodes)) {
  graph_.nodes.clear();
  grow();
  for (const Node& node : pending_)
    for (const ValueId id : node.inputs)
      if (id) ++uses_[*id];
  for (const ValueId id : graph_.outputs) {
    ++uses_[*id];
    is_output_[*id] = true;
  }
}

void Rewriter::grow() {
  uses_.resize(graph_.values.size(), 0);
  forward_.resize(graph_.values.size());
  producer_.resize(graph_.values.size(), 0);
  is_output_.resize(graph_.values.size(), false);
}

const Node* Rewriter::next() {
  if (next_ > 0) remove_unread(pending_[next_ - 1].inputs);
  if (next_ == pending_.size()) return nullptr;
  Node& node = pending_[next_++];
  for (ValueId& id : node.inputs) {
    id = resolve(id);
    if (id) --uses_[*id];
  }
  return &node;
}

void Rewriter::keep() {
  append(pending_[next_ - 1]);
}

void Rewriter::append(Node node) {
  for (const ValueId id : node.inputs)
    if (id) ++uses_[*id];
  graph_.nodes.push_back(std::move(node));
  for (const ValueId id : graph_.nodes.back().outputs)
    if (id) producer_[*id] = static_cast<std::uint32_t>(graph_.nodes.size());
}

// A node that a pass builds is legal by construction; anything else is that pass's defect.
Types Rewriter::completed(Node& node) const {
  const auto insist = [](const Diagnostics& errors) {
    throw InternalError("a pass built an illegal node: " + render(errors.front()));
  };
  if (Status status = complete_attributes(*node.op, node.attrs, node.origin); !status) insist(status.errors());
  Result<Types> types = infer_types(graph_, node);
  if (!types) insist(types.errors());
  MOTE_CHECK(types->size() >= node.outputs.size());
  return *std::move(types);
}

ValueId Rewriter::emit_like(const Node& model, std::vector<ValueId> inputs, Attrs attrs, ValueId output) {
  Node node{.op = model.op, .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = {output},
            .origin = model.origin};
  const Types types = completed(node);
  if (!output) output = node.outputs[0] = graph_.add_value(graph_.at(first_result(pending_[next_ - 1])).name, types[0]);
  MOTE_CHECK(graph_.at(output).type == types[0]);
  grow();
  changed_ = true;
  append(std::move(node));
  return output;
}

std::vector<ValueId> Rewriter::emit_results_like(const Node& model, std::vector<ValueId> inputs, Attrs attrs) {
  Node node{.op = model.op, .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = model.outputs,
            .origin = model.origin};
  const Types types = completed(node);
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i]) node.outputs[i] = graph_.add_value(graph_.at(node.outputs[i]).name, types[i]);
  grow();
  changed_ = true;
  std::vector<ValueId> results = node.outputs;
  append(std::move(node));
  return results;
}

ValueId Rewriter::emit(std::string_view op, std::vector<ValueId> inputs, Attrs attrs, ValueId output) {
  const OpDef* definition = find_op(op);
  MOTE_CHECK(definition != nullptr);
  const Node model{.op = definition, .attrs = {}, .inputs = {}, .outputs = {}, .origin = pending_[next_ - 1].origin};
  return emit_like(model, std::move(inputs), std::move(attrs), output);
}

ValueId Rewriter::constant(const Tensor& tensor, std::string_view name) {
  // The next version of "w_2", a version of "w", is another version of "w".
  const auto version = version_of_.find(std::string(name));
  const std::string wanted = version == version_of_.end() ? std::string(name) : version->second;
  const ValueId id = graph_.add_constant(wanted, {.dtype = tensor.dtype, .shape = tensor.shape, .quant = {}},
                                         std::make_shared<const Bytes>(tensor.bytes));
  if (graph_.at(id).name != wanted) {
    version_of_.emplace(graph_.at(id).name, wanted);
    wanted_names_.emplace_back(id, wanted);
  }
  grow();
  return id;
}

void Rewriter::replace(ValueId output, ValueId by) {
  // What the integers stand for is not part of the promise: whoever rewrites may know it better.
  const TensorType &before = graph_.at(output).type, &after = graph_.at(by).type;
  MOTE_CHECK(before.dtype == after.dtype && before.shape == after.shape && output != by);
  changed_ = true;
  uses_[*by] += uses_[*output];
  uses_[*output] = 0;
  forward_[*output] = by;
}

const Node* Rewriter::producer(ValueId id) const {
  return id && producer_[*id] != 0 ? &graph_.nodes[producer_[*id] - 1] : nullptr;
}

const Node* Rewriter::producer(ValueId id, std::string_view op) const {
  const Node* node = producer(id);
  return node != nullptr && node->op->name == op ? node : nullptr;
}

std::size_t Rewriter::position(ValueId id) const { return id ? producer_[*id] : 0; }

void Rewriter::remove_unread(std::vector<ValueId> candidates) {
  while (!candidates.empty()) {
    const ValueId id = candidates.back();
    candidates.pop_back();
    if (!id || uses_[*id] != 0 || producer_[*id] == 0) continue;
    Node& node = graph_.nodes[producer_[*id] - 1];
    const auto read = [&](ValueId output) { return output && uses_[*output] != 0; };
    if (std::ranges::any_of(node.outputs, read)) continue;
    changed_ = true;
    for (const ValueId output : node.outputs)
      if (output) producer_[*output] = 0;
    for (const ValueId input : node.inputs) {
      if (!input) continue;
      --uses_[*input];
      candidates.push_back(input);
    }
    node = {};
  }
}

void Rewriter::hand_over_names() {
  if (wanted_names_.empty()) return;
  std::unordered_map<std::string_view, ValueId> owners;
  for (const auto& [id, name] : wanted_names_) owners.emplace(name, ValueId{});
  for (std::uint32_t i = 0; i < graph_.values.size(); ++i)
    if (const auto owner = owners.find(graph_.values[i].name); owner != owners.end()) owner->second = ValueId{i};
  for (const ValueId id : graph_.inputs) owners.erase(graph_.at(id).name);
  for (const auto& [id, name] : wanted_names_) {
    const auto owner = owners.find(name);
    if (owner == owners.end() || !owner->second || uses_[*id] == 0) continue;
    const ValueId old = owner->second;
    if (uses_[*old] != 0 || producer_[*old] != 0 || is_output_[*old]) continue;
    std::swap(graph_.at(id).name, graph_.at(old).name);
    owners.erase(owner);
  }
}

Graph Rewriter::finish() && {
  hand_over_names();
  std::vector<bool> taken(graph_.values.size(), false);
  for (ValueId& output : graph_.outputs) {
    const ValueId named = output;
    const ValueId now = resolve(named);
    const bool own_value = producer_[*now] != 0 && !taken[*now] && (now == named || !is_output_[*now]);
    if (own_value) {
      if (now != named) std::swap(graph_.at(now).name, graph_.at(named).name);
      output = now;
    } else {
      output = now != named && !taken[*named] ? named : graph_.add_value(graph_.at(named).name, graph_.at(named).type);
      taken.resize(graph_.values.size(), false);
      grow();
      append({.op = find_op("Identity"), .attrs = {}, .inputs = {now}, .outputs = {output}, .origin = {}});
    }
    taken[*output] = true;
  }
  std::erase_if(graph_.nodes, [](const Node& node) { return node.op == nullptr; });
  return std::move(graph_);
}

}  // namespace mote
