#include "passes/distill/learned_levels.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "lib/ops/evaluate.hpp"
#include "lib/ops/support/learned_scale.hpp"
#include "lib/ops/term.hpp"
#include "lib/quant/node_grid.hpp"
#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

constexpr std::int64_t widest_learned = 255;  // levels above the lowest: recurrent states have grids of their own form
constexpr double largest_level_of_4_bits = 7.0;

class Learner {
 public:
  explicit Learner(const Graph& student)
      : student_(student), graph_(student), producers_(student.values.size()), readers_(student.values.size()),
        is_output_(student.values.size(), false) {
    for (const Node& node : student.nodes) {
      for (const ValueId id : node.outputs)
        if (id) producers_[*id] = &node;
      for (const ValueId id : node.inputs)
        if (id) readers_[*id].push_back(&node);
    }
    for (const ValueId id : student.outputs) is_output_[*id] = true;
  }

  Graph run() && {
    graph_.nodes.clear();
    for (const Node& node : student_.nodes) {
      if (is_core_product(node.op->name) && is_quantized_product(node))
        add_product(node);
      else if (node.op->name == "FakeQuantize" && is_free(node))
        add_learned(node);
      else
        graph_.nodes.push_back(node);
    }
    return std::move(graph_);
  }

 private:
  [[nodiscard]] bool is_free(const Node& node) const {
    const Grid grid = grid_of_fake_quantize(node);
    const Node* producer = producers_[*node.inputs[0]];
    return grid.highest - grid.lowest <= widest_learned && producer != nullptr && producer->op->name != "Softmax" &&
           !is_output_[*node.outputs[0]];
  }

  // As `fit-weights` has it: the result goes to a grid, at once or through clamps.
  [[nodiscard]] bool goes_to_grid(ValueId id) const {
    return !readers_[*id].empty() && std::ranges::all_of(readers_[*id], [&](const Node* reader) {
      if (reader->op->name == "FakeQuantize") return true;
      return (reader->op->name == "Relu" || reader->op->name == "Clip") && goes_to_grid(reader->outputs[0]);
    });
  }
  [[nodiscard]] bool is_quantized_product(const Node& node) const {
    const Value& weights = student_.at(node.inputs[1]);
    return weights.is_constant() && weights.type.dtype == DType::f32 && goes_to_grid(node.outputs[0]);
  }

  void add_learned(const Node& node) {
    const Grid grid = grid_of_fake_quantize(node);
    ValueId& log_scale = scales_[{grid.scale, grid.zero_point, grid.lowest, grid.highest}];
    if (!log_scale) log_scale = constant({std::log(static_cast<double>(grid.scale))});
    Node learned = node;
    learned.op = find_op("LearnedQuantize");
    learned.attrs.erase("scale");
    learned.inputs.push_back(log_scale);
    graph_.nodes.push_back(std::move(learned));
  }

  void add_product(Node node) {
    ValueId& levels = weights_[*node.inputs[1]];
    if (!levels) levels = learned_weights(node);
    node.inputs[1] = levels;
    graph_.nodes.push_back(std::move(node));
  }

  // The coarsest scale of a channel's levels may be one of few of them; learning has as many as there are.
  ValueId learned_weights(const Node& node) {
    const Tensor weights = student_.constant(node.inputs[1]);
    const auto channels = static_cast<std::size_t>(weights.shape[weights.shape.rank() - 1]);
    const std::vector<double> all = weights.to_reals();
    std::vector<double> steps(channels, 0.0), largest(channels, 0.0);
    double widest = 0.0;
    for (std::size_t channel = 0; channel < channels; ++channel) {
      std::vector<double> own;
      for (std::size_t i = channel; i < all.size(); i += channels) own.push_back(all[i]);
      for (const double weight : own) largest[channel] = std::max(largest[channel], std::abs(weight));
      if (largest[channel] == 0.0) continue;
      steps[channel] = std::round(largest[channel] / exact_weight_scale(own).value_or(full_range_scale(own)));
      widest = std::max(widest, steps[channel]);
    }
    const double limit = widest <= largest_level_of_4_bits ? largest_level_of_4_bits : largest_weight_level;
    std::vector<double> log_scales(channels, 0.0);
    for (std::size_t channel = 0; channel < channels; ++channel)
      if (steps[channel] > 0.0)
        log_scales[channel] =
            std::log(largest[channel] / (steps[channel] * std::max(1.0, std::floor(limit / steps[channel]))));
    TermBuilder builder(graph_, node.origin);
    const auto level = static_cast<std::int64_t>(limit);
    return builder
        .apply("LearnedQuantize", {builder.term(node.inputs[1]), builder.term(constant(log_scales))},
               {{"lowest", -level}, {"highest", level}})
        .id;
  }

  ValueId constant(std::span<const double> values) {
    const Tensor tensor = real_tensor({static_cast<std::int64_t>(values.size())}, values);
    return graph_.add_constant("log_scale", {.dtype = tensor.dtype, .shape = tensor.shape},
                               std::make_shared<const Bytes>(tensor.bytes));
  }
  ValueId constant(std::initializer_list<double> values) { return constant(std::span(values.begin(), values.size())); }

  const Graph& student_;
  Graph graph_;
  std::vector<const Node*> producers_;
  std::vector<std::vector<const Node*>> readers_;
  std::vector<bool> is_output_;
  std::map<std::tuple<float, std::int32_t, std::int32_t, std::int32_t>, ValueId> scales_{};
  std::map<std::size_t, ValueId> weights_{};  // by the value that holds them
};

}  // namespace

Graph with_learned_levels(const Graph& student) { return Learner(student).run(); }

Graph with_trained_levels(Graph student, const Graph& learned) {
  std::map<std::size_t, float> scales;  // by the value on the grid
  for (std::size_t i = 0; i < student.values.size(); ++i)
    if (student.values[i].is_constant()) student.values[i].data = learned.values[i].data;
  for (const Node& node : learned.nodes) {
    if (node.op->name != "LearnedQuantize") continue;
    if (learned.at(node.inputs[0]).is_constant())
      student.at(node.inputs[0]).data = std::make_shared<const Bytes>(fold_node(learned, node)[0].bytes);
    else
      scales[*node.outputs[0]] = ops::learned_scale(learned.constant(node.inputs[1]).as<float>()[0]);
  }
  for (Node& node : student.nodes)
    if (const auto scale = scales.find(*node.outputs[0]); scale != scales.end()) node.attrs["scale"] = scale->second;
  return student;
}

}  // namespace mote
