#include "passes/canonical/decompose_products.hpp"

#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

ValueId scaled_constant(Rewriter& rewriter, ValueId id, Tensor tensor, float factor) {
  if (factor != 1.0F)
    for (float& value : tensor.as<float>()) value *= factor;
  return rewriter.constant(tensor, std::string(rewriter.graph().at(id).name));
}

ValueId weights_of(Rewriter& rewriter, ValueId id, bool turned, float alpha) {
  if (!turned && alpha == 1.0F) return id;
  Tensor weights = rewriter.graph().constant(id);
  if (turned) weights = transposed(weights, {1, 0});
  return scaled_constant(rewriter, id, std::move(weights), alpha);
}

// beta * C as one value per column, if it is a constant row.
ValueId bias_of(Rewriter& rewriter, ValueId id, float beta, std::int64_t columns) {
  const auto values = values_along_last_axis(rewriter.graph(), id, columns);
  if (!values) return {};
  return scaled_constant(rewriter, id, real_tensor({columns}, *values), beta);
}

void emit_addend(Rewriter& rewriter, const Node& node, ValueId product, float beta) {
  ValueId addend = node.inputs[2];
  if (beta != 1.0F) {
    const std::vector<double> factor{static_cast<double>(beta)};
    const ValueId constant = rewriter.constant(real_tensor({1}, factor), "beta");
    addend = rewriter.emit("Mul", {addend, constant});
  }
  rewriter.emit("Add", {product, addend}, {}, node.outputs[0]);
}

bool is_matrix_constant(const Rewriter& rewriter, ValueId id) {
  return rewriter.is_constant(id) && rewriter.type(id).shape.rank() == 2;
}

// The constant matrix that B is, leading axes of extent 1 dropped.
ValueId matrix_of(Rewriter& rewriter, ValueId id) {
  if (!rewriter.is_constant(id)) return {};
  const std::vector<std::int64_t> extents = extents_of(rewriter.type(id).shape);
  if (extents.size() == 2) return id;
  if (extents.size() < 2) return {};
  const std::size_t leading = extents.size() - 2;
  for (std::size_t i = 0; i < leading; ++i)
    if (extents[i] != 1) return {};
  return rewriter.constant(reshaped(rewriter.graph().constant(id), {extents[leading], extents[leading + 1]}),
                           std::string(rewriter.graph().at(id).name));
}

bool constant_times_column(Rewriter& rewriter, const Node& node) {
  const Shape& column = rewriter.type(node.inputs[1]).shape;
  if (!is_matrix_constant(rewriter, node.inputs[0]) || column.rank() != 2 || column[1] != 1) return false;
  const std::int64_t depth = column[0];
  const ValueId weights = weights_of(rewriter, node.inputs[0], true, 1.0F);
  const ValueId row = emit_reshape(rewriter, node.inputs[1], {1, depth});
  const ValueId product = rewriter.emit("Dense", {row, weights});
  emit_reshape(rewriter, product, extents_of(rewriter.type(node.outputs[0]).shape), node.outputs[0]);
  return true;
}

}  // namespace

bool gemm_to_dense(Rewriter& rewriter, const Node& node) {
  const OpView op = rewriter.view(node);
  if (op.in(0).dtype != DType::f32 || !op.is_constant(1)) return false;
  const float alpha = op.real("alpha");
  const float beta = op.real("beta");
  const bool turn_a = op.integer("transA") != 0;
  const bool turn_b = op.integer("transB") != 0;
  const bool has_addend = op.has_in(2) && beta != 0.0F;
  const std::int64_t columns = op.out(0).shape[1];

  ValueId x = node.inputs[0];
  if (turn_a) x = emit_transpose(rewriter, x, {1, 0});
  const ValueId weights = weights_of(rewriter, node.inputs[1], turn_b, alpha);
  const ValueId bias = has_addend ? bias_of(rewriter, node.inputs[2], beta, columns) : ValueId{};
  std::vector<ValueId> operands{x, weights};
  if (bias) operands.push_back(bias);
  if (has_addend && !bias) emit_addend(rewriter, node, rewriter.emit("Dense", std::move(operands)), beta);
  else rewriter.emit("Dense", std::move(operands), {}, node.outputs[0]);
  return true;
}

bool matmul_to_dense(Rewriter& rewriter, const Node& node) {
  const TensorType& a = rewriter.type(node.inputs[0]);
  if (a.dtype != DType::f32 || rewriter.type(node.outputs[0]).shape.elements() == 0) return false;
  if (constant_times_column(rewriter, node)) return true;
  const std::vector<std::int64_t> extents = extents_of(a.shape);
  const ValueId weights = matrix_of(rewriter, node.inputs[1]);
  if (!weights || rewriter.is_constant(node.inputs[0]) || extents.empty()) return false;
  // Leading axes of B add leading axes of extent 1 to the result: the last Reshape brings them back.
  const std::int64_t depth = extents.back();
  std::int64_t rows = 1;
  for (std::size_t i = 0; i + 1 < extents.size(); ++i) rows *= extents[i];
  const std::vector<std::int64_t> wanted = extents_of(rewriter.type(node.outputs[0]).shape);
  const ValueId x = emit_reshape(rewriter, node.inputs[0], {rows, depth});
  const std::vector<std::int64_t> flat{rows, rewriter.type(weights).shape[1]};
  if (wanted == flat) {
    rewriter.emit("Dense", {x, weights}, {}, node.outputs[0]);
  } else {
    const ValueId product = rewriter.emit("Dense", {x, weights});
    emit_reshape(rewriter, product, wanted, node.outputs[0]);
  }
  return true;
}

}  // namespace mote
