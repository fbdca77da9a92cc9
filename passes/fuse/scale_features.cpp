// scale-features: when quantizing, Mul(Add(x, c), d) of the model's own features stays in front of the integers as one
// operator, where the factors per feature differ by more than `most_even`. In the product behind (fold-batch-norm) they
// would leave features that one grid has to hold as they come: those of small size would have no levels left. An
// integer interface asks for just that grid, so there they are folded as ever.
#include <cmath>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/fuse/fuse.hpp"
#include "passes/match.hpp"
#include "passes/quantize/options.hpp"

namespace mote {
namespace {

constexpr double most_even = 4.0;  // two of eight bits

bool are_uneven(const std::vector<double>& factors) {
  double smallest = 0.0, largest = 0.0;
  for (const double factor : factors) {
    const double size = std::abs(factor);
    if (size == 0.0) continue;
    smallest = smallest == 0.0 ? size : std::min(smallest, size);
    largest = std::max(largest, size);
  }
  return largest > most_even * smallest;
}

bool is_graph_input(const Rewriter& rewriter, ValueId id) {
  return std::ranges::find(rewriter.graph().inputs, id) != rewriter.graph().inputs.end();
}

bool keep_in_front(Rewriter& rewriter, const Node& node) {
  const auto scale = channel_affine(rewriter, &node);
  if (!scale || !scale->multiplies || rewriter.type(scale->x).shape.rank() != 2 || !are_uneven(scale->values)) return false;
  const auto shift = channel_affine(rewriter, rewriter.producer(scale->x));
  const bool shifts = shift && !shift->multiplies && rewriter.only_read_here(scale->x);
  const ValueId x = shifts ? shift->x : scale->x;
  if (!is_graph_input(rewriter, x)) return false;
  const auto features = static_cast<std::int64_t>(scale->values.size());
  const std::vector<double> shifted = shifts ? shift->values : std::vector<double>(scale->values.size(), 0.0);
  const ValueId first = rewriter.constant(real_tensor({features}, shifted), "feature_shift");
  const ValueId second = rewriter.constant(real_tensor({features}, scale->values), "feature_factor");
  rewriter.emit("ScaleFeatures", {x, first, second}, {}, node.outputs[0]);
  return true;
}

}  // namespace

Result<Graph> scale_features(Graph graph, const PassContext& context) {
  const QuantizeOptions* options = context.quantize;
  if (options == nullptr || options->integer_interface || options->weights_only) return graph;
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const Node current = *node;
    if (!keep_in_front(rewriter, current)) rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
