#include "passes/quantize/diagnose/selective_run.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/ops/evaluate.hpp"
#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 3> products{"Conv2d", "DepthwiseConv2d", "Dense"};

bool has_real_weights(const Graph& graph, const Node& node) {
  return is_one_of(node.op->name, products) && graph.at(node.inputs[1]).is_constant() &&
         graph.at(node.inputs[1]).type.dtype == DType::f32;
}

// Behind calibrate an output's own name is that of the rounded value.
std::string name_of_rounded(const Graph& graph, const Node& node) {
  const bool is_output = std::ranges::find(graph.outputs, node.outputs[0]) != graph.outputs.end();
  return graph.at(is_output ? node.outputs[0] : node.inputs[0]).name;
}

}  // namespace

Tensor weights_on_levels(const Tensor& weights) {
  const auto channels = static_cast<std::size_t>(weights.shape[weights.shape.rank() - 1]);
  Tensor rounded = weights;
  const auto values = rounded.as<float>();
  for (std::size_t channel = 0; channel < channels; ++channel) {
    std::vector<double> own;
    for (std::size_t i = channel; i < values.size(); i += channels) own.push_back(static_cast<double>(values[i]));
    const double scale = exact_weight_scale(own).value_or(full_range_scale(own));
    for (std::size_t i = channel; i < values.size() && scale > 0.0; i += channels)
      values[i] = static_cast<float>(std::nearbyint(static_cast<double>(values[i]) / scale) * scale);
  }
  return rounded;
}

SelectiveRun::SelectiveRun(Graph graph) : graph_(std::move(graph)) {
  for (std::size_t i = 0; i < graph_.values.size(); ++i)
    constants_.push_back(graph_.values[i].is_constant() ? graph_.constant(ValueId{static_cast<std::uint32_t>(i)})
                                                        : Tensor{});
  find_parts();
}

void SelectiveRun::find_parts() {
  rounded_weights_.resize(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    if (node.op->name == "FakeQuantize") {
      parts_.push_back({.kind = QuantizedPart::Kind::activation,
                        .node = i,
                        .value = node.inputs[0],
                        .name = name_of_rounded(graph_, node),
                        .grid = grid_of_fake_quantize(node)});
    } else if (has_real_weights(graph_, node)) {
      parts_.push_back({.kind = QuantizedPart::Kind::weights,
                        .node = i,
                        .value = node.inputs[1],
                        .name = graph_.at(node.inputs[1]).name,
                        .grid = {}});
      rounded_weights_[i] = weights_on_levels(constants_[*node.inputs[1]]);
    }
  }
}

std::vector<Tensor> SelectiveRun::evaluate(std::size_t index, const Values& values, bool rounded) const {
  const Node& node = graph_.nodes[index];
  const auto operand = [&](ValueId id) -> const Tensor* {
    return graph_.at(id).is_constant() ? &constants_[*id] : &values[*id];
  };
  if (!rounded && node.op->name == "FakeQuantize") return {*operand(node.inputs[0])};
  std::vector<const Tensor*> operands;
  for (const ValueId id : node.inputs) operands.push_back(id ? operand(id) : nullptr);
  if (rounded && rounded_weights_[index]) operands[1] = &*rounded_weights_[index];
  return evaluate_node(graph_, node, operands, Precision::single);
}

SelectiveRun::Values SelectiveRun::run(std::span<const Tensor> inputs, bool rounded) const {
  MOTE_CHECK(inputs.size() == graph_.inputs.size());
  Values values(graph_.values.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) values[*graph_.inputs[i]] = inputs[i];
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    std::vector<Tensor> results = evaluate(i, values, rounded);
    for (std::size_t k = 0; k < results.size(); ++k)
      if (graph_.nodes[i].outputs[k]) values[*graph_.nodes[i].outputs[k]] = std::move(results[k]);
  }
  return values;
}

std::vector<Tensor> SelectiveRun::outputs_with_toggled(const Values& values, bool rounded, std::size_t part) const {
  Values changed = values;
  std::vector<bool> is_dirty(values.size(), false);
  for (std::size_t i = parts_[part].node; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    const bool is_toggled = i == parts_[part].node;
    const bool follows = std::ranges::any_of(node.inputs, [&](ValueId id) { return id && is_dirty[*id]; });
    if (!is_toggled && !follows) continue;
    std::vector<Tensor> results = evaluate(i, changed, is_toggled ? !rounded : rounded);
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (!node.outputs[k]) continue;
      is_dirty[*node.outputs[k]] = true;
      changed[*node.outputs[k]] = std::move(results[k]);
    }
  }
  std::vector<Tensor> outputs;
  for (const ValueId id : graph_.outputs) outputs.push_back(changed[*id]);
  return outputs;
}

}  // namespace mote
