#include "passes/quantize/diagnose/selective_run.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/ops/evaluate.hpp"
#include "lib/ops/support/recurrent.hpp"
#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"
#include "passes/quantize/recurrent_states.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 3> products{"Conv2d", "DepthwiseConv2d", "Dense"};

bool has_real_weights(const Graph& graph, const Node& node) {
  return is_one_of(node.op->name, products) && graph.at(node.inputs[1]).is_constant() &&
         graph.at(node.inputs[1]).type.dtype == DType::f32;
}

// All at distances of `step` from the first one.
void round_to_one_scale(std::span<float> values, std::size_t step) {
  std::vector<double> own;
  for (std::size_t i = 0; i < values.size(); i += step) own.push_back(static_cast<double>(values[i]));
  const double scale = exact_weight_scale(own).value_or(full_range_scale(own));
  for (std::size_t i = 0; i < values.size() && scale > 0.0; i += step)
    values[i] = static_cast<float>(std::nearbyint(static_cast<double>(values[i]) / scale) * scale);
}

std::vector<Tensor> constants_of(const Graph& graph) {
  std::vector<Tensor> constants;
  for (std::uint32_t i = 0; i < graph.values.size(); ++i)
    constants.push_back(graph.values[i].is_constant() ? graph.constant(ValueId{i}) : Tensor{});
  return constants;
}

// Behind calibrate an output's own name is that of the rounded value.
std::string name_of_rounded(const Graph& graph, const Node& node) {
  const bool is_output = std::ranges::find(graph.outputs, node.outputs[0]) != graph.outputs.end();
  return graph.at(is_output ? node.outputs[0] : node.inputs[0]).name;
}

}  // namespace

Tensor weights_on_levels(const Tensor& weights) {
  Tensor rounded = weights;
  const auto channels = static_cast<std::size_t>(weights.shape[weights.shape.rank() - 1]);
  for (std::size_t channel = 0; channel < channels; ++channel)
    round_to_one_scale(rounded.as<float>().subspan(channel), channels);
  return rounded;
}

Tensor rows_on_levels(const Tensor& weights) {
  Tensor rounded = weights;
  const auto values = rounded.as<float>();
  const auto depth = static_cast<std::size_t>(weights.shape[weights.shape.rank() - 1]);
  for (std::size_t row = 0; row + depth <= values.size() && depth > 0; row += depth)
    round_to_one_scale(values.subspan(row, depth), 1);
  return rounded;
}

SelectiveRun::SelectiveRun(Graph real, Graph fitted)
    : real_(std::move(real)),
      fitted_(std::move(fitted)),
      real_constants_(constants_of(real_)),
      fitted_constants_(constants_of(fitted_)),
      rounded_(real_.nodes.size()) {
  MOTE_CHECK(real_.nodes.size() == fitted_.nodes.size() && real_.values.size() <= fitted_.values.size());
  find_parts();
}

const Tensor& SelectiveRun::rounded_weights(const QuantizedPart& part) const {
  const auto& operands = rounded_[part.node];
  const auto found = std::ranges::find(operands, part.operand, &RoundedOperand::place);
  MOTE_CHECK(found != operands.end());
  return found->values;
}

void SelectiveRun::add_activation(std::size_t index) {
  const Node& node = real_.nodes[index];
  parts_.push_back({.kind = QuantizedPart::Kind::activation,
                    .node = index,
                    .value = node.inputs[0],
                    .name = name_of_rounded(real_, node),
                    .grid = grid_of_fake_quantize(node)});
}

void SelectiveRun::add_weights(std::size_t index, std::size_t operand, Tensor rounded) {
  const ValueId value = real_.nodes[index].inputs[operand];
  parts_.push_back({.kind = QuantizedPart::Kind::weights,
                    .node = index,
                    .operand = operand,
                    .value = value,
                    .name = real_.at(value).name,
                    .grid = {}});
  rounded_[index].push_back({.place = operand, .values = std::move(rounded)});
}

void SelectiveRun::find_parts() {
  for (std::size_t i = 0; i < real_.nodes.size(); ++i) {
    const Node &node = real_.nodes[i], &fitted = fitted_.nodes[i];
    if (node.op->name == "FakeQuantize") add_activation(i);
    if (has_real_weights(real_, node)) add_weights(i, 1, weights_on_levels(fitted_constants_[*fitted.inputs[1]]));
    if (!has_integer_recurrence(real_, node)) continue;
    for (const std::size_t operand : {ops::w_of, ops::r_of})
      add_weights(i, operand, rows_on_levels(fitted_constants_[*fitted.inputs[operand]]));
  }
}

std::vector<Tensor> SelectiveRun::evaluate(std::size_t index, const Values& values, bool rounded,
                                           std::optional<std::size_t> toggled) const {
  const auto is_rounded = [&](std::size_t operand) { return rounded != (toggled == operand); };
  const auto& weights = rounded_[index];
  // A bias goes with its weights: it makes up for their rounding.
  const bool is_fitted = weights.empty() ? rounded : is_rounded(weights.front().place);
  const Graph& graph = is_fitted ? fitted_ : real_;
  const auto& constants = is_fitted ? fitted_constants_ : real_constants_;
  const Node& node = graph.nodes[index];
  const auto operand = [&](ValueId id) -> const Tensor* {
    return graph.at(id).is_constant() ? &constants[*id] : &values[*id];
  };
  if (node.op->name == "FakeQuantize" && !is_rounded(0)) return {*operand(node.inputs[0])};
  std::vector<const Tensor*> operands;
  for (const ValueId id : node.inputs) operands.push_back(id ? operand(id) : nullptr);
  for (const RoundedOperand& one : weights)
    operands[one.place] = is_rounded(one.place) ? &one.values : &real_constants_[*real_.nodes[index].inputs[one.place]];
  return evaluate_node(graph, node, operands, Precision::single);
}

SelectiveRun::Values SelectiveRun::run(std::span<const Tensor> inputs, bool rounded) const {
  MOTE_CHECK(inputs.size() == real_.inputs.size());
  Values values(real_.values.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) values[*real_.inputs[i]] = inputs[i];
  for (std::size_t i = 0; i < real_.nodes.size(); ++i) {
    std::vector<Tensor> results = evaluate(i, values, rounded);
    for (std::size_t k = 0; k < results.size(); ++k)
      if (real_.nodes[i].outputs[k]) values[*real_.nodes[i].outputs[k]] = std::move(results[k]);
  }
  return values;
}

std::vector<Tensor> SelectiveRun::outputs_with_toggled(const Values& values, bool rounded, std::size_t part) const {
  Values changed = values;
  std::vector<bool> is_dirty(values.size(), false);
  for (std::size_t i = parts_[part].node; i < real_.nodes.size(); ++i) {
    const Node& node = real_.nodes[i];
    const bool is_toggled = i == parts_[part].node;
    const bool follows = std::ranges::any_of(node.inputs, [&](ValueId id) { return id && is_dirty[*id]; });
    if (!is_toggled && !follows) continue;
    std::vector<Tensor> results =
        evaluate(i, changed, rounded, is_toggled ? std::optional(parts_[part].operand) : std::nullopt);
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (!node.outputs[k]) continue;
      is_dirty[*node.outputs[k]] = true;
      changed[*node.outputs[k]] = std::move(results[k]);
    }
  }
  std::vector<Tensor> outputs;
  for (const ValueId id : real_.outputs) outputs.push_back(changed[*id]);
  return outputs;
}

}  // namespace mote
