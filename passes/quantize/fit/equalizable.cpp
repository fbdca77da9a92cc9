#include "passes/quantize/fit/equalizable.hpp"

#include <algorithm>
#include <array>

#include "passes/match.hpp"
#include "passes/quantize/diagnose/selective_run.hpp"

namespace mote {
namespace {

class Finder {
 public:
  explicit Finder(const Graph& graph) : graph_(graph), readers_(graph.values.size()), is_output_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const ValueId id : graph.nodes[i].inputs)
        if (id) readers_[*id].push_back(i);
    for (const ValueId id : graph.outputs) is_output_[*id] = true;
  }

  std::vector<Equalizable> run() const {
    std::vector<Equalizable> found;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!has_free_weights(node) || !is_homogeneous_product({graph_, node})) continue;
      Equalizable one{.product = i};
      const Shape& shape = graph_.at(node.outputs[0]).type.shape;
      if (!follow(node.outputs[0], shape[shape.rank() - 1], one.readers) || one.readers.empty()) continue;
      std::ranges::sort(one.readers);
      found.push_back(std::move(one));
    }
    return found;
  }

 private:
  // Real weights and bias of its own that may change.
  [[nodiscard]] bool has_free_weights(const Node& node) const {
    if (!is_core_product(node.op->name) || !graph_.at(node.inputs[1]).is_constant()) return false;
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2];
    if (readers_[*node.inputs[1]].size() != 1 || (has_bias && !graph_.at(node.inputs[2]).is_constant())) return false;
    const Tensor weights = graph_.constant(node.inputs[1]);
    return weights.dtype == DType::f32 && weights_on_levels(weights).bytes != weights.bytes;
  }

  // Positive factors on its sums are factors on its results.
  [[nodiscard]] static bool is_homogeneous_product(const OpView& op) {
    return !op.has_in(3) && !op.has("high") && (!op.has("low") || op.real("low") == 0.0F);
  }

  // Element i of the last axis of the result belongs to channel i % channels, as in the operand.
  [[nodiscard]] bool keeps_channels(const OpView& op, std::int64_t channels) const {
    constexpr std::array<std::string_view, 4> channel_by_channel{"Relu", "LeakyRelu", "MaxPool2d", "AveragePool2d"};
    if (is_one_of(op.node.op->name, channel_by_channel)) return true;
    const Shape& shape = op.out(0).shape;
    return op.node.op->name == "Reshape" && shape.rank() > 0 && shape[shape.rank() - 1] % channels == 0;
  }

  // Every reader makes up for factors, directly or behind operators that hand them on.
  bool follow(ValueId id, std::int64_t channels, std::vector<std::size_t>& products) const {
    if (is_output_[*id]) return false;
    return std::ranges::all_of(readers_[*id], [&](std::size_t reader) {
      const Node& node = graph_.nodes[reader];
      if (std::ranges::count(node.inputs, id) != 1 || node.inputs[0] != id) return false;
      if (has_free_weights(node)) {
        products.push_back(reader);
        return true;
      }
      return keeps_channels({graph_, node}, channels) && follow(node.outputs[0], channels, products);
    });
  }

  const Graph& graph_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<bool> is_output_;
};

}  // namespace

std::vector<Equalizable> find_equalizable(const Graph& graph) { return Finder(graph).run(); }

}  // namespace mote
