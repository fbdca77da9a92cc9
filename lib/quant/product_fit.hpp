#pragma once
#include "lib/quant/product_outputs.hpp"

namespace mote {

struct ProductFitOptions {
  bool round = true;         // weights to the levels that serve the output; otherwise each to its nearest
  bool correct_bias = true;  // by the mean of what is missing to the exact output
  double largest_level = 127.0;  // of the weights: 7 for four bits, see weight_scale.hpp
  bool on_levels = false;        // every channel moves to levels; with fewer than 8 bits it always does
};

// Weights and biases of which the output, computed from rounded inputs, comes closest to the exact one. For each channel
// with weights w, scale s (8 bits: full range) and levels q,
//   sum over rows of (x_exact w + added_exact - x_rounded (s q) - added_rounded - mean)^2 + ridge |w - s q|^2
// is made small, so that one weight's error makes up for another's and for those of the layers before. The mean is there
// when the bias takes it. The ridge keeps few rows from fitting noise. Its size, and whether a channel keeps its nearest
// levels and its bias, is decided by the error behind the clamp on `held_out`: rows of samples that the fit has not seen.
//
// Where every channel moves to levels, be it the nearest, s is a single-precision number found by searched_scale; else a
// channel that keeps its nearest levels keeps its weights as they are. One that lies on such levels already keeps
// its weights, and a product of nothing else its biases too. Weights of 0 stay where they are meant to (has_kept_zeros).
// Deterministic.
[[nodiscard]] ProductParameters fit_product(ProductParameters parameters, const ProductRows& rows,
                                            const ProductRows& held_out, const ProductFitOptions& options);

}  // namespace mote
