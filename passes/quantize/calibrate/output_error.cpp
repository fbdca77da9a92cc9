#include "passes/quantize/calibrate/output_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/ops/op_classes.hpp"
#include "lib/ops/op_def.hpp"

namespace mote {
namespace {

const Node* producer(const Graph& graph, ValueId id) {
  for (const Node& node : graph.nodes)
    if (std::ranges::find(node.outputs, id) != node.outputs.end()) return &node;
  return nullptr;
}

std::int64_t distributions_of(const Graph& graph, const Node& softmax) {
  const Shape& shape = graph.at(softmax.outputs[0]).type.shape;
  const std::int64_t axis = std::get<std::int64_t>(softmax.attrs.find("axis")->second);
  const auto rank = static_cast<std::int64_t>(shape.rank());
  return shape.elements() / std::max<std::int64_t>(shape[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)], 1);
}

ComparedOutput compared_output(const Graph& graph, ValueId output) {
  ValueId value = output;
  while (const Node* node = producer(graph, value)) {
    if (node->op->name == "Softmax") return {.value = value, .distributions = distributions_of(graph, *node)};
    const bool keeps_order = node->op->name == "FakeQuantize" || node->op->name == "Reshape";
    if (!keeps_order) break;
    value = node->inputs[0];
  }
  return {.value = output};
}

double power_of(std::span<const float> values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

double noise(std::span<const float> exact, std::span<const float> found) {
  double sum = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = static_cast<double>(exact[i]) - static_cast<double>(found[i]);
    sum += error * error;
  }
  return sum;
}

double divergence(std::span<const float> exact, std::span<const float> found) {
  constexpr double least = 1e-7;  // half a unit in the last place of 1: what single precision cannot tell from 0
  double sum = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const auto wanted = static_cast<double>(exact[i]);
    if (wanted > 0.0) sum += wanted * std::log(wanted / std::max(static_cast<double>(found[i]), least));
  }
  return std::max(sum, 0.0);
}

double share_of_differences(const Tensor& exact, const Tensor& found) {
  const std::vector<std::int64_t> wanted = exact.to_integers(), there = found.to_integers();
  std::size_t different = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) different += wanted[i] != there[i] ? 1U : 0U;
  return static_cast<double>(different) / static_cast<double>(std::max<std::size_t>(wanted.size(), 1));
}

}  // namespace

std::vector<ComparedOutput> compared_outputs(const Graph& graph) {
  std::vector<ComparedOutput> compared;
  for (const ValueId id : graph.outputs) compared.push_back(compared_output(graph, id));
  return compared;
}

OutputError::OutputError(std::vector<ComparedOutput> compared, std::vector<Outputs> exact)
    : compared_(std::move(compared)), exact_(std::move(exact)), signal_(compared_.size(), 0.0) {
  for (const Outputs& sample : exact_)
    for (std::size_t i = 0; i < compared_.size(); ++i)
      if (sample[i].dtype == DType::f32) signal_[i] += power_of(sample[i].as<float>()) / static_cast<double>(exact_.size());
}

double OutputError::of(std::size_t sample, const Outputs& outputs) const {
  double error = 0.0;
  for (std::size_t i = 0; i < compared_.size(); ++i) {
    const Tensor& exact = exact_[sample][i];
    if (exact.dtype != DType::f32)
      error += share_of_differences(exact, outputs[i]);
    else if (compared_[i].distributions > 0)
      error += divergence(exact.as<float>(), outputs[i].as<float>()) / static_cast<double>(compared_[i].distributions);
    else
      error += noise(exact.as<float>(), outputs[i].as<float>()) /
               std::max(signal_[i], std::numeric_limits<double>::min());
  }
  return error;
}

}  // namespace mote
