// common-subexpressions: nodes of the same operator, attributes and operands are computed once; equal constants are
// stored once. Operators are pure functions, so equality of their description is enough.
#include <algorithm>
#include <unordered_map>

#include "passes/canonical/canonical.hpp"
#include "passes/rewriter.hpp"

namespace mote {
namespace {

std::size_t mixed(std::size_t seed, std::size_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15ULL; }

std::size_t hash_of(const Attr& attr) {
  struct Hasher {
    std::size_t operator()(std::int64_t value) const { return std::hash<std::int64_t>{}(value); }
    std::size_t operator()(float value) const { return std::hash<float>{}(value); }
    std::size_t operator()(const std::string& value) const { return std::hash<std::string>{}(value); }
    std::size_t operator()(const std::vector<std::int64_t>& values) const {
      std::size_t hash = values.size();
      for (const std::int64_t value : values) hash = mixed(hash, std::hash<std::int64_t>{}(value));
      return hash;
    }
    std::size_t operator()(const std::vector<float>& values) const { return values.size(); }
    std::size_t operator()(const Literal& literal) const { return literal.data->size(); }
  };
  return std::visit(Hasher{}, attr);
}

std::size_t hash_of(const Node& node) {
  std::size_t hash = std::hash<const void*>{}(node.op);
  for (const ValueId id : node.inputs) hash = mixed(hash, id.index);
  for (const auto& [name, attr] : node.attrs) hash = mixed(mixed(hash, std::hash<std::string>{}(name)), hash_of(attr));
  return hash;
}

// Results that one node leaves out cannot stand for those of the other.
bool same_node(const Node& a, const Node& b) {
  if (a.op != b.op || a.inputs != b.inputs || a.attrs != b.attrs || a.outputs.size() != b.outputs.size()) return false;
  for (std::size_t i = 0; i < a.outputs.size(); ++i)
    if (static_cast<bool>(a.outputs[i]) != static_cast<bool>(b.outputs[i])) return false;
  return true;
}

std::size_t hash_of(const Value& constant) {
  const std::string_view bytes(reinterpret_cast<const char*>(constant.data->data()), constant.data->size());
  return mixed(std::hash<std::string_view>{}(bytes), static_cast<std::size_t>(constant.type.dtype));
}

void share_equal_constants(Graph& graph) {
  std::unordered_multimap<std::size_t, ValueId> seen;
  std::vector<ValueId> shared(graph.values.size());
  for (std::uint32_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    shared[i] = ValueId{i};
    if (!value.is_constant()) continue;
    const std::size_t hash = hash_of(value);
    const auto [first, last] = seen.equal_range(hash);
    const auto equal = std::find_if(first, last, [&](const auto& entry) {
      const Value& other = graph.at(entry.second);
      return other.type == value.type && (other.data == value.data || *other.data == *value.data);
    });
    if (equal != last) shared[i] = equal->second;
    else seen.emplace(hash, ValueId{i});
  }
  for (Node& node : graph.nodes)
    for (ValueId& id : node.inputs)
      if (id) id = shared[*id];
}

bool still_there(const Rewriter& rewriter, const Node& node) {
  return std::ranges::all_of(node.outputs, [&](ValueId id) { return !id || rewriter.producer(id) != nullptr; });
}

}  // namespace

Result<Graph> common_subexpressions(Graph graph, const PassContext&) {
  share_equal_constants(graph);
  Rewriter rewriter(std::move(graph));
  std::unordered_multimap<std::size_t, Node> seen;
  while (const Node* node = rewriter.next()) {
    const std::size_t hash = hash_of(*node);
    const auto [first, last] = seen.equal_range(hash);
    // An earlier node may have been removed since, because its last reader was.
    const auto equal = std::find_if(first, last, [&](const auto& entry) {
      return same_node(entry.second, *node) && still_there(rewriter, entry.second);
    });
    if (equal == last || node->inputs.empty()) {
      seen.emplace(hash, *node);
      rewriter.keep();
      continue;
    }
    for (std::size_t i = 0; i < node->outputs.size(); ++i)
      if (node->outputs[i]) rewriter.replace(node->outputs[i], equal->second.outputs[i]);
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
