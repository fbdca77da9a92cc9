#pragma once
#include "passes/quantize/fit/product_rows.hpp"

// The constants of a core product (Conv2d, DepthwiseConv2d, Dense) as its groups of output channels know them.
namespace mote {

// The bias [OC]; zeros where there is none.
[[nodiscard]] Tensor bias_tensor(const OpView& product);

// Of one group, out of weights […, OC] and bias [OC], and back.
[[nodiscard]] ProductParameters parameters_of(const OpView& product, std::size_t group, const Tensor& weights,
                                              const Tensor& bias);
void put_parameters(const ProductGroups& groups, std::size_t group, const ProductParameters& parameters,
                    Tensor& weights, Tensor& bias);

// Other weights for node `product`, in the constant that nobody else reads, and another bias, in its constant or, where
// that has other readers or is missing, in a new one.
void replace_weights(Graph& graph, std::size_t product, const Tensor& weights);
void replace_bias(Graph& graph, std::size_t product, const Tensor& bias);

}  // namespace mote
