#include "lib/quant/equalization.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/quant/weight_scale.hpp"

namespace mote {
namespace {

constexpr double most_growth = 256.0;

// Each output channel times the factors, on its levels, and divided again.
std::vector<float> rounded_weights(const ProductRows& rows, const ProductParameters& parameters,
                                   std::span<const double> factors) {
  std::vector<float> rounded = parameters.weights;
  std::vector<double> own(rows.inputs);
  for (std::size_t channel = 0; channel < rows.outputs; ++channel) {
    for (std::size_t k = 0; k < rows.inputs; ++k)
      own[k] = static_cast<double>(rounded[k * rows.outputs + channel]) * factors[k];
    const double scale = full_range_scale(own);
    for (std::size_t k = 0; k < rows.inputs && scale > 0.0; ++k)
      rounded[k * rows.outputs + channel] = static_cast<float>(std::nearbyint(own[k] / scale) * scale / factors[k]);
  }
  return rounded;
}

}  // namespace

std::vector<double> equalizing_factors(std::span<const double> activations, std::span<const double> weights,
                                       double exponent) {
  std::vector<double> factors(activations.size(), 0.0);
  double widest = 0.0, widest_factor = 1.0;
  for (std::size_t c = 0; c < factors.size(); ++c) {
    if (!(activations[c] > 0.0) || !(weights[c] > 0.0)) continue;
    const double factor = std::pow(activations[c], exponent) / std::pow(weights[c], 1.0 - exponent);
    if (!std::isnormal(factor)) continue;
    factors[c] = factor;
    if (activations[c] <= widest) continue;
    widest = activations[c];
    widest_factor = factor;
  }
  for (double& factor : factors)
    factor = factor == 0.0 ? 1.0 : std::clamp(factor / widest_factor, 1.0 / most_growth, most_growth);
  return factors;
}

double rounding_error(ProductRows rows, const ProductParameters& parameters, std::span<const double> factors,
                      const Grid& grid) {
  rows.rounded.resize(rows.exact.size());
  for (std::size_t i = 0; i < rows.exact.size(); ++i) {
    const double factor = factors[i % rows.inputs];
    rows.rounded[i] = static_cast<float>(grid.real(grid.level(static_cast<double>(rows.exact[i]) / factor)) * factor);
  }
  rows.rounded_added = rows.exact_added;
  const std::vector<float> exact = exact_outputs(rows, parameters);
  const std::vector<float> rounded = rounded_outputs(rows, parameters, rounded_weights(rows, parameters, factors));
  const std::vector<double> errors =
      squared_errors(1, exact, rounded, std::vector<float>(rows.outputs, 0.0F), parameters);
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

}  // namespace mote
