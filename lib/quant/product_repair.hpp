#pragma once
#include "lib/quant/product_outputs.hpp"

namespace mote {

// The weights, near their own, and the bias with which `rows` come closest to `wanted` [count][outputs] behind the
// clamp: least squares with a ridge. Where both lie beyond a bound of the clamp there is no error, whatever the sums
// are (as in Zhang et al. 2015, nonlinear reconstruction); where they do changes with the weights, so it is repeated
// some times. How large the ridge is, and whether the weights change at all, is decided by the last `held_out` of the
// rows, which the fit does not see. Of more than InputRemoval::most_inputs inputs only the bias is fitted.
[[nodiscard]] ProductParameters repaired_product(ProductParameters parameters, const ProductRows& rows,
                                                 const std::vector<float>& wanted, std::size_t held_out);

}  // namespace mote
