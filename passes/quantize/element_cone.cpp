#include "passes/quantize/element_cone.hpp"

#include <algorithm>
#include <map>

#include "lib/exec/interpreter.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

constexpr std::size_t most_nodes = 64;

// All elements alike: broadcasting such a constant is the same as one element.
bool is_uniform(const Graph& graph, ValueId id) {
  const Value& value = graph.at(id);
  const auto size = static_cast<std::size_t>(byte_size(value.type.dtype));
  const Bytes& bytes = *value.data;
  if (bytes.empty()) return false;
  for (std::size_t i = size; i < bytes.size(); ++i)
    if (bytes[i] != bytes[i % size]) return false;
  return true;
}

class Collector {
 public:
  Collector(const Graph& graph, const ProducerOf& producer, const IsSource& is_source)
      : graph_(graph), producer_(producer), is_source_(is_source) {}

  // An explicit stack: a chain may be as long as the model wants.
  bool collect(ValueId result) {
    const Node* last = producer_(result);
    if (last == nullptr || !is_cone_node(graph_, *last)) return false;
    std::vector<ValueId> open{result};
    while (!open.empty()) {
      const ValueId id = open.back();
      open.pop_back();
      if (found_.contains(*id)) continue;
      const Node* node = producer_(id);
      if (node == nullptr || !is_cone_node(graph_, *node) || found_.size() == most_nodes) return false;
      found_.emplace(*id, *node);
      for (const ValueId input : node->inputs)
        if (input && !visit(input, open)) return false;
    }
    return static_cast<bool>(cone_.source);
  }

  ElementCone take(ValueId result) {
    append(result);
    return std::move(cone_);
  }

 private:
  bool visit(ValueId input, std::vector<ValueId>& open) {
    if (graph_.at(input).is_constant()) return is_uniform(graph_, input);
    if (!is_source_(input)) {
      open.push_back(input);
      return true;
    }
    if (cone_.source && cone_.source != input) return false;
    cone_.source = input;
    return true;
  }

  // Operands first; at most `most_nodes` deep.
  void append(ValueId id) {
    const auto found = found_.find(*id);
    if (found == found_.end()) return;
    const Node node = found->second;
    found_.erase(found);
    for (const ValueId input : node.inputs)
      if (input) append(input);
    cone_.nodes.push_back(node);
  }

  const Graph& graph_;
  const ProducerOf& producer_;
  const IsSource& is_source_;
  std::map<std::size_t, Node> found_{};  // by the value defined
  ElementCone cone_{};
};

// One element of a uniform constant.
ValueId add_single(Graph& to, const Value& from) {
  const auto size = static_cast<std::ptrdiff_t>(byte_size(from.type.dtype));
  Bytes element(from.data->begin(), from.data->begin() + size);
  return to.add_constant(from.name, {.dtype = from.type.dtype, .shape = *Shape::make({1}), .quant = {}},
                         std::make_shared<const Bytes>(std::move(element)));
}

}  // namespace

bool is_cone_node(const Graph& graph, const Node& node) {
  const std::string_view op = node.op->name;
  if (!is_unary_elementwise(op) && !is_broadcasting(op)) return false;
  const auto is_f32 = [&](ValueId id) { return graph.at(id).type.dtype == DType::f32; };
  return node.outputs.size() == 1 && is_f32(node.outputs[0]) &&
         std::ranges::all_of(node.inputs, [&](ValueId id) { return !id || graph.at(id).is_constant() || is_f32(id); });
}

std::optional<ElementCone> element_cone(const Graph& graph, ValueId result, const ProducerOf& producer,
                                        const IsSource& is_source) {
  Collector collector(graph, producer, is_source);
  if (!collector.collect(result)) return std::nullopt;
  ElementCone cone = collector.take(result);
  // Broadcasting the source against a constant of a larger shape would repeat it.
  const Shape& shape = graph.at(cone.source).type.shape;
  const auto keeps_shape = [&](const Node& node) { return graph.at(node.outputs[0]).type.shape == shape; };
  if (!std::ranges::all_of(cone.nodes, keeps_shape)) return std::nullopt;
  return cone;
}

std::vector<double> evaluate_cone(const Graph& graph, const ElementCone& cone, const std::vector<double>& sources) {
  const auto count = static_cast<std::int64_t>(sources.size());
  const TensorType type{.dtype = DType::f32, .shape = *Shape::make({count}), .quant = {}};
  Graph small;
  std::map<std::size_t, ValueId> moved;
  moved[*cone.source] = small.add_value("source", type);
  small.inputs = {moved[*cone.source]};
  const auto map_input = [&](ValueId id) {
    if (!id) return id;
    if (!moved.contains(*id)) moved[*id] = add_single(small, graph.at(id));
    return moved[*id];
  };
  for (Node node : cone.nodes) {
    std::ranges::transform(node.inputs, node.inputs.begin(), map_input);
    const ValueId result = small.add_value(graph.at(node.outputs[0]).name, type);
    moved[*node.outputs[0]] = result;
    node.outputs = {result};
    small.nodes.push_back(std::move(node));
  }
  small.outputs = small.nodes.back().outputs;
  std::vector<Tensor> inputs{Tensor::zeros(DType::f32, type.shape)};
  for (std::size_t i = 0; i < sources.size(); ++i) inputs[0].as<float>()[i] = static_cast<float>(sources[i]);
  auto results = interpret(small, inputs, Precision::reference);
  MOTE_CHECK(results);
  return results->front().to_reals();
}

}  // namespace mote
