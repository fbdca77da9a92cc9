#include "lib/exec/gradient.hpp"

#include <algorithm>

#include "lib/ops/gradient.hpp"

namespace mote {
namespace {

// What depends on any of the variables, themselves included.
std::vector<bool> dependent_values(const Graph& graph, std::span<const ValueId> variables) {
  std::vector<bool> depends(graph.values.size(), false);
  for (const ValueId id : variables) depends[*id] = true;
  for (const Node& node : graph.nodes) {
    const bool any = std::ranges::any_of(node.inputs, [&](ValueId id) { return id && depends[*id]; });
    for (const ValueId id : node.outputs)
      if (any && id && is_float(graph.at(id).type.dtype)) depends[*id] = true;
  }
  return depends;
}

ValueId filled(Graph& graph, const TensorType& type, double value) {
  Tensor tensor = Tensor::zeros(type.dtype, type.shape);
  visit_dtype(type.dtype, [&]<class T>() { std::ranges::fill(tensor.as<T>(), static_cast<T>(value)); });
  return graph.add_constant("gradient", {.dtype = type.dtype, .shape = type.shape},
                            std::make_shared<const Bytes>(std::move(tensor.bytes)));
}

class Sweep {
 public:
  Sweep(const Graph& forward, std::span<const ValueId> variables)
      : forward_(forward),
        graph_(forward),
        depends_(dependent_values(forward, variables)),
        gradients_(forward.values.size()) {}

  Status run(ValueId loss) {
    gradients_[*loss] = filled(graph_, forward_.at(loss).type, 1.0);
    for (auto node = forward_.nodes.rbegin(); node != forward_.nodes.rend(); ++node) MOTE_TRY_STATUS(pass_back(*node));
    return Ok{};
  }

  Graph finish(std::span<const ValueId> variables) && {
    for (const ValueId id : variables)
      graph_.outputs.push_back(gradients_[*id] ? gradients_[*id] : filled(graph_, forward_.at(id).type, 0.0));
    return std::move(graph_);
  }

 private:
  Status pass_back(const Node& node) {
    std::vector<ValueId> results;
    std::vector<bool> wanted;
    for (const ValueId id : node.outputs) results.push_back(id ? gradients_[*id] : ValueId{});
    for (const ValueId id : node.inputs) wanted.push_back(id && depends_[*id]);
    const auto is_true = [](auto value) { return static_cast<bool>(value); };
    if (std::ranges::none_of(results, is_true) || std::ranges::none_of(wanted, is_true)) return Ok{};
    const OpView op{forward_, node};
    if (node.op->gradient == nullptr)
      return at(op, Code::unsupported_form, std::string(node.op->name) + " has no gradient, and the loss depends on it",
                {"train a network without this operator"});
    GradientBuilder builder(graph_, op, std::move(results), std::move(wanted));
    node.op->gradient(op, builder);
    MOTE_TRY(const std::vector<ValueId> given, std::move(builder).finish());
    for (std::size_t i = 0; i < given.size(); ++i)
      if (given[i]) add(node, node.inputs[i], given[i]);
    return Ok{};
  }

  // A value that several nodes read has the sum of their gradients.
  void add(const Node& node, ValueId to, ValueId gradient) {
    ValueId& sum = gradients_[*to];
    if (!sum) {
      sum = gradient;
      return;
    }
    TermBuilder builder(graph_, node.origin);
    sum = (builder.term(sum) + builder.term(gradient)).id;
  }

  const Graph& forward_;
  Graph graph_;
  std::vector<bool> depends_;
  std::vector<ValueId> gradients_;
};

}  // namespace

Result<Graph> differentiate(const Graph& graph, ValueId loss, std::span<const ValueId> variables) {
  MOTE_CHECK(is_float(graph.at(loss).type.dtype) && graph.at(loss).type.shape.elements() == 1);
  for (const ValueId id : variables) MOTE_CHECK(is_float(graph.at(id).type.dtype));
  Sweep sweep(graph, variables);
  MOTE_TRY_STATUS(sweep.run(loss));
  return std::move(sweep).finish(variables);
}

}  // namespace mote
