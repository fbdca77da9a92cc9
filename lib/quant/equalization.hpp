#pragma once
#include <span>
#include <vector>

#include "lib/quant/grid.hpp"
#include "lib/quant/product_outputs.hpp"

namespace mote {

// Activations on one grid want channels of even range; the weights that read them want even rows. Dividing channel c of an
// activation by a factor, and multiplying the weights that read it, moves unevenness from one to the other:
//   factor_c = max|x_c|^a / max|w_c|^(1-a)      (SmoothQuant, Xiao et al. 2022)
// normalised so that the widest channel keeps its range, and bounded: no channel grows more than 256-fold. Channels in
// which nothing happens, or that nobody reads, get the factor of the widest.
[[nodiscard]] std::vector<double> equalizing_factors(std::span<const double> activations, std::span<const double> weights,
                                                     double exponent);

// By how much 8 bits disturb the outputs of a product: the squared error over all rows and channels when the exact inputs,
// each divided by its factor, lie on `grid`, and the weights, multiplied by it, on levels of their output channel.
[[nodiscard]] double rounding_error(ProductRows rows, const ProductParameters& parameters,
                                    std::span<const double> factors, const Grid& grid);

}  // namespace mote
