#include "passes/quantize/fit/product_parameters.hpp"

#include <algorithm>

namespace mote {
namespace {

std::ptrdiff_t reads_of(const Graph& graph, ValueId id) {
  std::ptrdiff_t reads = std::ranges::count(graph.outputs, id);
  for (const Node& node : graph.nodes) reads += std::ranges::count(node.inputs, id);
  return reads;
}

void replace(Graph& graph, ValueId id, const Tensor& tensor) {
  MOTE_CHECK(reads_of(graph, id) == 1);
  graph.at(id).data = std::make_shared<const Bytes>(tensor.bytes);
}

}  // namespace

Tensor bias_tensor(const OpView& product) {
  if (product.has_in(2)) return product.constant(2);
  const Shape& weights = product.in(1).shape;
  return Tensor::zeros(DType::f32, *Shape::make({weights[weights.rank() - 1]}));
}

ProductParameters parameters_of(const OpView& product, std::size_t group, const Tensor& weights, const Tensor& bias) {
  const ProductGroups groups = groups_of(product);
  const std::size_t channels = groups.groups * groups.outputs, first = group * groups.outputs;
  ProductParameters parameters;
  for (std::size_t k = 0; k < groups.inputs; ++k)
    for (std::size_t c = 0; c < groups.outputs; ++c)
      parameters.weights.push_back(weights.as<float>()[k * channels + first + c]);
  for (std::size_t c = 0; c < groups.outputs; ++c) parameters.bias.push_back(bias.as<float>()[first + c]);
  if (product.has("low")) parameters.low = product.real("low");
  if (product.has("high")) parameters.high = product.real("high");
  return parameters;
}

void put_parameters(const ProductGroups& groups, std::size_t group, const ProductParameters& parameters,
                    Tensor& weights, Tensor& bias) {
  const std::size_t channels = groups.groups * groups.outputs, first = group * groups.outputs;
  for (std::size_t k = 0; k < groups.inputs; ++k)
    for (std::size_t c = 0; c < groups.outputs; ++c)
      weights.as<float>()[k * channels + first + c] = parameters.weights[k * groups.outputs + c];
  for (std::size_t c = 0; c < groups.outputs; ++c) bias.as<float>()[first + c] = parameters.bias[c];
}

void replace_weights(Graph& graph, std::size_t product, const Tensor& weights) {
  replace(graph, graph.nodes[product].inputs[1], weights);
}

void replace_bias(Graph& graph, std::size_t product, const Tensor& bias) {
  Node& node = graph.nodes[product];
  node.inputs.resize(std::max<std::size_t>(node.inputs.size(), 3));
  if (node.inputs[2] && reads_of(graph, node.inputs[2]) == 1) {
    replace(graph, node.inputs[2], bias);
    return;
  }
  const std::string name = node.inputs[2] ? graph.at(node.inputs[2]).name : graph.at(node.inputs[1]).name + "_bias";
  node.inputs[2] = graph.add_constant(name, {.dtype = DType::f32, .shape = bias.shape},
                                      std::make_shared<const Bytes>(bias.bytes));
}

}  // namespace mote
