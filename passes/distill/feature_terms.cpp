#include "passes/distill/feature_terms.hpp"

#include <algorithm>

namespace mote {
namespace {

Attrs pointwise(std::size_t rank) {
  using Integers = std::vector<std::int64_t>;
  if (rank == 2) return {};
  return {{"strides", Integers{1, 1}},
          {"pads", Integers{0, 0, 0, 0}},
          {"dilations", Integers{1, 1}},
          {"group", std::int64_t{1}}};
}

ValueId added_constant(Graph& graph, std::vector<std::int64_t> extents, const std::vector<float>& values) {
  Tensor tensor = Tensor::zeros(DType::f32, *Shape::make(std::move(extents)));
  std::ranges::copy(values, tensor.as<float>().begin());
  return graph.add_constant("feature", {.dtype = tensor.dtype, .shape = tensor.shape},
                            std::make_shared<const Bytes>(std::move(tensor.bytes)));
}

}  // namespace

Term mean(Term x) { return x.builder->apply("ReduceMean", {x}, {{"keepdims", std::int64_t{0}}}); }

Term untold_share(TermBuilder& builder, Graph& graph, const Feature& feature, ValueId wanted,
                  std::vector<ValueId>& variables) {
  const std::size_t rank = graph.at(wanted).type.shape.rank();
  const auto outputs = static_cast<std::int64_t>(feature.map.bias.size());
  const std::int64_t inputs = static_cast<std::int64_t>(feature.map.weights.size()) / outputs;
  std::vector<std::int64_t> extents(rank - 2, 1);
  extents.insert(extents.end(), {inputs, outputs});
  const ValueId weights = added_constant(graph, std::move(extents), feature.map.weights);
  const ValueId bias = added_constant(graph, {outputs}, feature.map.bias);
  variables.insert(variables.end(), {weights, bias});
  const Term told =
      builder.apply(rank == 2 ? "Dense" : "Conv2d",
                    {builder.term(feature.pair.student), builder.term(weights), builder.term(bias)}, pointwise(rank));
  const Term distance = told - builder.term(wanted);
  return (1.0F / static_cast<float>(feature.variance)) * mean(distance * distance);
}

}  // namespace mote
