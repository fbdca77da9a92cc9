// decompose: operators that are others in disguise become those others, so that later passes see a small core.
//   Flatten, Squeeze, Unsqueeze, any Reshape    Reshape with explicit extents
//   Gemm, MatMul with constant weights          Dense (decompose_products.cpp)
//   BatchNormalization with constants           Mul and Add per channel
//   GlobalAveragePool, GlobalMaxPool            AveragePool, MaxPool with the kernel as large as the input
//   Sum of several; Max, Min, Mean and Tile beyond their kernels      chains (decompose_chains.cpp)
//   the last step of a recurrent layer          its final state (decompose_recurrent.cpp)
//   x - c, x / c of constants                   x + (-c), x * (1/c)
//   (x - mean) / deviation, times c, plus c     Normalize (spelled_normalize.cpp)
#include <array>
#include <cmath>

#include "passes/canonical/canonical.hpp"
#include "passes/canonical/decompose_chains.hpp"
#include "passes/canonical/decompose_products.hpp"
#include "passes/canonical/spelled_normalize.hpp"
#include "passes/canonical/decompose_recurrent.hpp"
#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

using Rule = bool (*)(Rewriter&, const Node&);  // false: not this form, keep the node

bool to_reshape(Rewriter& rewriter, const Node& node) {
  emit_reshape(rewriter, node.inputs[0], extents_of(rewriter.type(node.outputs[0]).shape), node.outputs[0]);
  return true;
}

bool canonical_reshape(Rewriter& rewriter, const Node& node) {
  const OpView op = rewriter.view(node);
  const std::vector<std::int64_t> extents = extents_of(op.out(0).shape);
  if (op.integers("shape") == extents && rewriter.producer(node.inputs[0], "Reshape") == nullptr && op.in(0) != op.out(0))
    return false;
  return to_reshape(rewriter, node);
}

// y = (x - mean) / sqrt(variance + epsilon) * scale + bias  =  x * s + t; s and t are rounded once, from double.
bool batch_normalization(Rewriter& rewriter, const Node& node) {
  const OpView op = rewriter.view(node);
  if (op.in(0).dtype != DType::f32 || op.integer("training_mode") != 0) return false;
  if (op.integer("training_mode") != 0 || op.integer("spatial") == 0) return false;
  std::array<std::vector<double>, 4> parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!op.is_constant(i + 1)) return false;
    parameters[i] = op.constant(i + 1).to_reals();
  }
  const auto& [scale, bias, mean, variance] = parameters;
  const auto channels = static_cast<std::size_t>(op.in(0).shape[1]);
  if (!std::ranges::all_of(parameters, [&](const auto& values) { return values.size() == channels; })) return false;
  std::vector<double> s(scale.size());
  std::vector<double> t(scale.size());
  const auto epsilon = static_cast<double>(op.real("epsilon"));
  for (std::size_t c = 0; c < s.size(); ++c) {
    s[c] = scale[c] / std::sqrt(variance[c] + epsilon);
    t[c] = bias[c] - mean[c] * s[c];
  }
  std::vector<std::int64_t> extents(op.in(0).shape.rank(), 1);
  extents[1] = static_cast<std::int64_t>(s.size());
  const ValueId factor = rewriter.constant(real_tensor(extents, s), op.graph.at(node.inputs[1]).name);
  const ValueId shift = rewriter.constant(real_tensor(extents, t), rewriter.graph().at(node.inputs[2]).name);
  const ValueId scaled = rewriter.emit("Mul", {node.inputs[0], factor});
  rewriter.emit("Add", {scaled, shift}, {}, node.outputs[0]);
  return true;
}

bool global_pool(Rewriter& rewriter, const Node& node, std::string_view pool) {
  const Shape& shape = rewriter.type(node.inputs[0]).shape;
  if (shape.rank() < 3 || shape.rank() > 5 || shape.elements() == 0) return false;
  rewriter.emit(pool, {node.inputs[0]}, {{"kernel_shape", std::vector<std::int64_t>(shape.extents().begin() + 2, shape.extents().end())}},
                node.outputs[0]);
  return true;
}
bool global_average_pool(Rewriter& rewriter, const Node& node) { return global_pool(rewriter, node, "AveragePool"); }
bool global_max_pool(Rewriter& rewriter, const Node& node) { return global_pool(rewriter, node, "MaxPool"); }

// Only where the constant is a parameter: a large one would be stored a second time if it has other readers.
std::optional<std::vector<double>> real_constant(const Rewriter& rewriter, ValueId id) {
  if (!rewriter.is_constant(id) || rewriter.type(id).dtype != DType::f32) return std::nullopt;
  return rewriter.graph().constant(id).to_reals();
}

void emit_with_constant(Rewriter& rewriter, const Node& node, std::string_view op, const std::vector<double>& values) {
  const Value& old = rewriter.graph().at(node.inputs[1]);
  const ValueId constant = rewriter.constant(real_tensor(extents_of(old.type.shape), values), std::string(old.name));
  rewriter.emit(op, {node.inputs[0], constant}, {}, node.outputs[0]);
}

bool subtract_constant(Rewriter& rewriter, const Node& node) {
  auto values = real_constant(rewriter, node.inputs[1]);
  if (!values || rewriter.is_constant(node.inputs[0])) return false;
  for (double& value : *values) value = -value;
  emit_with_constant(rewriter, node, "Add", *values);
  return true;
}

bool divide_by_constant(Rewriter& rewriter, const Node& node) {
  auto values = real_constant(rewriter, node.inputs[1]);
  if (!values || rewriter.is_constant(node.inputs[0])) return false;
  for (double& value : *values) {
    // A zero or tiny divisor keeps its own semantics (infinities, subnormal reciprocals).
    if (!(std::abs(value) > 1e-30 && std::abs(value) < 1e30)) return false;
    value = 1.0 / value;
  }
  emit_with_constant(rewriter, node, "Mul", *values);
  return true;
}

bool divide(Rewriter& rewriter, const Node& node) {
  return normalize_spelled(rewriter, node) || divide_by_constant(rewriter, node);
}

struct Row {
  std::string_view op;
  Rule rule;
};
constexpr Row rules[] = {{"Add", bias_of_normalize},
                         {"BatchNormalization", batch_normalization},
                         {"Div", divide},
                         {"Flatten", to_reshape},
                         {"Gather", last_step_to_state},
                         {"Gemm", gemm_to_dense},
                         {"GlobalAveragePool", global_average_pool},
                         {"GlobalMaxPool", global_max_pool},
                         {"MatMul", matmul_to_dense},
                         {"Max", extreme_to_chain},
                         {"Mean", mean_to_chain},
                         {"Min", extreme_to_chain},
                         {"Mul", scale_of_normalize},
                         {"Reshape", canonical_reshape},
                         {"Slice", last_step_to_state},
                         {"Squeeze", to_reshape},
                         {"Sub", subtract_constant},
                         {"Sum", sum_to_adds},
                         {"Tile", tile_to_chain},
                         {"Unsqueeze", to_reshape}};

}  // namespace

Result<Graph> decompose(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const auto row = std::ranges::find(rules, node->op->name, &Row::op);
    if (row == std::end(rules) || !row->rule(rewriter, *node)) rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
