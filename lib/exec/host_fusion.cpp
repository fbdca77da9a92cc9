#include <algorithm>
#include <array>

#include "lib/exec/depthwise_taps.hpp"
#include "lib/exec/host_steps.hpp"
#include "lib/exec/wide_loop.hpp"

namespace mote {
namespace {

class Matcher {
 public:
  Matcher(const Graph& graph, const HostUses& uses, std::size_t last) : graph_(graph), uses_(uses) {
    fusion_.last = last;
  }

  // The node of this operator that gives a value which is read once; it becomes part of the fusion.
  const Node* inner(ValueId id, std::string_view op) {
    const Node* node = uses_.producer(graph_, id, op);
    if (node == nullptr || uses_.readers[*id] != 1) return nullptr;
    fusion_.inner.push_back(*uses_.producers[*id]);
    return node;
  }
  const Node* inner_or_through(ValueId id, std::string_view view, std::string_view op) {
    const Node* reshape = uses_.producer(graph_, id, view);
    if (reshape == nullptr) return inner(id, op);
    return inner(id, view) == nullptr ? nullptr : inner(reshape->inputs[0], op);
  }
  [[nodiscard]] const TensorType& type(ValueId id) const { return graph_.at(id).type; }
  [[nodiscard]] const Node& last() const { return graph_.nodes[fusion_.last]; }

  HostFusion finish(std::vector<ValueId> operands, HostKernel kernel) && {
    fusion_.operands = std::move(operands);
    fusion_.kernel = std::move(kernel);
    return std::move(fusion_);
  }

 private:
  const Graph& graph_;
  const HostUses& uses_;
  HostFusion fusion_{};
};

// x [pixels, taps, C, 1] * dy [pixels, 1, C, 1], or dy * w [1, taps, C, 1].
bool are_taps(const Shape& whole, const Shape& repeated, std::size_t along) {
  if (whole.rank() != 4 || repeated.rank() != 4 || whole[3] != 1 || repeated[3] != 1) return false;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (repeated[axis] != (axis == along ? 1 : whole[axis])) return false;
  return true;
}

DepthwiseTaps taps_of(const OpView& op, const Shape& image) {
  const ops::Window window = *ops::resolve_window(op, image.extents().subspan(1, 2), op.integers("kernel"));
  return {window, image[0], image[3]};
}

// ReduceSum over pixels of Unfold2d(x) * dy.
std::optional<HostFusion> weight_gradient(const Graph& graph, Matcher match) {
  const Node& sum = match.last();
  const OpView op{graph, sum};
  if (!op.has("axes") || op.integers("axes") != std::vector<std::int64_t>{0}) return std::nullopt;
  const Node* product = match.inner(sum.inputs[0], "Mul");
  if (product == nullptr || !are_taps(match.type(product->inputs[0]).shape, match.type(product->inputs[1]).shape, 1))
    return std::nullopt;
  const Node* unfolded = match.inner_or_through(product->inputs[0], "Reshape", "Unfold2d");
  if (unfolded == nullptr || match.type(sum.inputs[0]).dtype != DType::f32 ||
      OpView{graph, *unfolded}.real("outside") != 0.0F)
    return std::nullopt;
  const ValueId x = unfolded->inputs[0], dy = product->inputs[1];
  return std::move(match).finish({x, dy}, [taps = taps_of({graph, *unfolded}, graph.at(x).type.shape)](
                                              Operands in, Outputs out) {
    std::ranges::fill(out[0].as<float>(), 0.0F);
    taps.correlate(in[0]->as<float>().data(), in[1]->as<float>().data(), out[0].as<float>().data());
  });
}

// Fold2d of dy * w.
std::optional<HostFusion> input_gradient(const Graph& graph, Matcher match) {
  const Node& fold = match.last();
  const Node* product = match.inner_or_through(fold.inputs[0], "Reshape", "Mul");
  if (product == nullptr || match.type(fold.outputs[0]).dtype != DType::f32) return std::nullopt;
  const Shape& whole = match.type(product->outputs[0]).shape;
  const ValueId dy = product->inputs[0], w = product->inputs[1];
  if (!are_taps(whole, match.type(dy).shape, 1) || !are_taps(whole, match.type(w).shape, 0)) return std::nullopt;
  return std::move(match).finish({dy, w}, [taps = taps_of({graph, fold}, graph.at(fold.outputs[0]).type.shape)](
                                              Operands in, Outputs out) {
    std::ranges::fill(out[0].as<float>(), 0.0F);
    taps.spread(in[0]->as<float>().data(), in[1]->as<float>().data(), out[0].as<float>().data());
  });
}

// y = a > b ? yes : no with one b; steps are 0 for one element, 1 for as many as the result has.
template <class Compare>
HostKernel choice(std::int64_t yes_step, std::int64_t no_step, Compare compare) {
  return [=](Operands in, Outputs out) {
    const float *a = in[0]->as<float>().data(), *yes = in[2]->as<float>().data(), *no = in[3]->as<float>().data();
    const float b = in[1]->as<float>()[0];
    const auto y = out[0].as<float>();
    // Both are read whatever is chosen, so that the choice is a blend of registers.
    run_widely([&] {
      const float first_yes = *yes, first_no = *no;
      if (yes_step == 1 && no_step == 0)
        for (std::size_t i = 0; i < y.size(); ++i) {
          const float value = yes[i];
          y[i] = compare(a[i], b) ? value : first_no;
        }
      else if (yes_step == 0 && no_step == 1)
        for (std::size_t i = 0; i < y.size(); ++i) {
          const float value = no[i];
          y[i] = compare(a[i], b) ? first_yes : value;
        }
      else
        for (std::size_t i = 0; i < y.size(); ++i)
          y[i] = compare(a[i], b) ? yes[i * static_cast<std::size_t>(yes_step)] : no[i * static_cast<std::size_t>(no_step)];
    });
  };
}

std::optional<HostFusion> compared_choice(const Graph&, Matcher match) {
  const Node& where = match.last();
  const Node* comparison = match.inner(where.inputs[0], "Greater");
  const bool is_greater = comparison != nullptr;
  if (!is_greater) comparison = match.inner(where.inputs[0], "Less");
  if (comparison == nullptr) return std::nullopt;
  const std::array ids{comparison->inputs[0], comparison->inputs[1], where.inputs[1], where.inputs[2]};
  const Shape& shape = match.type(where.outputs[0]).shape;
  for (const ValueId id : ids)
    if (match.type(id).dtype != DType::f32) return std::nullopt;
  std::array<std::int64_t, 4> steps{};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Shape& own = match.type(ids[i]).shape;
    if (own != shape && own.elements() != 1) return std::nullopt;
    steps[i] = own == shape ? 1 : 0;
  }
  if (steps[0] != 1 || match.type(ids[1]).shape.elements() != 1) return std::nullopt;
  HostKernel kernel = is_greater ? choice(steps[2], steps[3], [](float a, float b) { return a > b; })
                                 : choice(steps[2], steps[3], [](float a, float b) { return a < b; });
  return std::move(match).finish({ids.begin(), ids.end()}, std::move(kernel));
}

}  // namespace

std::optional<HostFusion> host_fusion(const Graph& graph, const HostUses& uses, std::size_t node) {
  const std::string_view name = graph.nodes[node].op->name;
  const Matcher match(graph, uses, node);
  if (name == "ReduceSum") return weight_gradient(graph, match);
  if (name == "Fold2d") return input_gradient(graph, match);
  if (name == "Where") return compared_choice(graph, match);
  return std::nullopt;
}

}  // namespace mote
