#include "passes/canonical/spelled_normalize.hpp"

#include <algorithm>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/normalize_form.hpp"
#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

using Extents = std::vector<std::int64_t>;

std::optional<double> single_real(const Rewriter& rewriter, ValueId id) {
  if (!rewriter.is_constant(id) || rewriter.type(id).dtype != DType::f32 || rewriter.type(id).shape.elements() != 1)
    return std::nullopt;
  return rewriter.graph().constant(id).to_reals()[0];
}

// The operand of a mean that keeps its axes, and those from the front.
struct Mean {
  ValueId of{};
  Extents axes{};
};
std::optional<Mean> mean_at(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id, "ReduceMean");
  if (node == nullptr) return std::nullopt;
  const OpView op = rewriter.view(*node);
  if (op.integer("keepdims") == 0 || !op.has("axes") || op.integers("axes").empty()) return std::nullopt;
  Mean mean{.of = node->inputs[0]};
  for (const std::int64_t axis : op.integers("axes"))
    mean.axes.push_back(static_cast<std::int64_t>(ops::from_front(axis, op.in(0).shape.rank())));
  std::ranges::sort(mean.axes);
  return mean;
}

// x - mean of x.
std::optional<Mean> centered_at(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id, "Sub");
  if (node == nullptr) return std::nullopt;
  const auto mean = mean_at(rewriter, node->inputs[1]);
  return mean && mean->of == node->inputs[0] ? mean : std::nullopt;
}

// What a Pow or Mul squares.
ValueId squared_at(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id);
  if (node == nullptr || node->inputs.size() != 2) return {};
  if (node->op->name == "Mul" && node->inputs[0] == node->inputs[1]) return node->inputs[0];
  return node->op->name == "Pow" && single_real(rewriter, node->inputs[1]) == 2.0 ? node->inputs[0] : ValueId{};
}

struct Deviation {
  ValueId of{};  // what is squared
  Extents axes{};
  double epsilon = 0.0;
};
// sqrt(mean of squares + epsilon).
std::optional<Deviation> deviation_at(const Rewriter& rewriter, ValueId id) {
  const Node* root = rewriter.producer(id, "Sqrt");
  const Node* sum = root != nullptr ? rewriter.producer(root->inputs[0], "Add") : nullptr;
  if (sum == nullptr) return std::nullopt;
  const std::size_t place = rewriter.is_constant(sum->inputs[0]) ? 0 : 1;
  const auto epsilon = single_real(rewriter, sum->inputs[place]);
  const auto mean = mean_at(rewriter, sum->inputs[1 - place]);
  if (!epsilon || !(*epsilon >= 0.0) || !mean) return std::nullopt;
  const ValueId of = squared_at(rewriter, mean->of);
  if (!of) return std::nullopt;
  return Deviation{.of = of, .axes = mean->axes, .epsilon = *epsilon};
}

// Parameter `place` of a Normalize that has none there yet and nobody else reads.
bool parameter_of_normalize(Rewriter& rewriter, const Node& node, std::size_t place) {
  const std::size_t other = rewriter.is_constant(node.inputs[0]) ? 0 : 1;
  const ValueId constant = node.inputs[other], normalized = node.inputs[1 - other];
  const Node* found = rewriter.producer(normalized, "Normalize");
  if (found == nullptr || !rewriter.is_constant(constant) || !rewriter.only_read_here(normalized)) return false;
  const Shape x = rewriter.type(normalized).shape;
  Extents extents = extents_of(rewriter.type(constant).shape);
  if (rewriter.type(node.outputs[0]).shape != x || extents.size() > x.rank()) return false;
  extents.insert(extents.begin(), x.rank() - extents.size(), 1);
  const auto shape = Shape::make(extents);
  std::vector<ValueId> operands = found->inputs;
  operands.resize(3);
  const ValueId given = operands[1] ? operands[1] : operands[2];
  const Extents axes = std::get<Extents>(found->attrs.find("axes")->second);
  const bool fits = shape && !operands[2] && !operands[place] && (!given || rewriter.type(given).shape == *shape) &&
                    ops::has_normalize_form(x, {axes.begin(), axes.end()}, &*shape);
  if (!fits) return false;
  const Node normalize = *found;
  operands[place] = rewriter.constant(reshaped(rewriter.graph().constant(constant), extents),
                                      std::string(rewriter.graph().at(constant).name));
  while (!operands.back()) operands.pop_back();
  rewriter.emit_like(normalize, std::move(operands), normalize.attrs, node.outputs[0]);
  return true;
}

}  // namespace

bool normalize_spelled(Rewriter& rewriter, const Node& node) {
  const auto centered = centered_at(rewriter, node.inputs[0]);
  const auto deviation = deviation_at(rewriter, node.inputs[1]);
  if (!centered || !deviation || rewriter.type(node.outputs[0]).dtype != DType::f32) return false;
  const auto squared = centered_at(rewriter, deviation->of);
  if (!squared || squared->of != centered->of || squared->axes != centered->axes || deviation->axes != centered->axes)
    return false;
  const std::vector<std::size_t> axes(centered->axes.begin(), centered->axes.end());
  if (!ops::has_normalize_form(rewriter.type(centered->of).shape, axes, nullptr)) return false;
  rewriter.emit("Normalize", {centered->of},
                {{"axes", centered->axes}, {"epsilon", static_cast<float>(deviation->epsilon)}}, node.outputs[0]);
  return true;
}

bool scale_of_normalize(Rewriter& rewriter, const Node& node) { return parameter_of_normalize(rewriter, node, 1); }
bool bias_of_normalize(Rewriter& rewriter, const Node& node) { return parameter_of_normalize(rewriter, node, 2); }

}  // namespace mote
