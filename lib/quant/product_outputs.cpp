#include "lib/quant/product_outputs.hpp"

#include <algorithm>

#include "lib/quant/matrices.hpp"
#include "lib/support/check.hpp"

namespace mote {
namespace {

std::vector<float> outputs(const ProductRows& rows, std::span<const float> inputs, std::span<const float> added,
                           const ProductParameters& parameters, std::span<const float> weights) {
  std::vector<float> result(rows.count * rows.outputs);
  Eigen::Map<Matrix> y(result.data(), static_cast<Eigen::Index>(rows.count), static_cast<Eigen::Index>(rows.outputs));
  y.noalias() = matrix_view(inputs, rows.inputs) * matrix_view(weights, rows.outputs);
  y.rowwise() += matrix_view(parameters.bias, rows.outputs).row(0);
  if (!added.empty()) y += matrix_view(added, rows.outputs);
  return result;
}

}  // namespace

std::vector<float> exact_outputs(const ProductRows& rows, const ProductParameters& parameters) {
  return outputs(rows, rows.exact, rows.exact_added, parameters, parameters.weights);
}

std::vector<float> rounded_outputs(const ProductRows& rows, const ProductParameters& parameters,
                                   std::span<const float> weights) {
  return outputs(rows, rows.rounded, rows.rounded_added, parameters, weights);
}

std::vector<double> squared_errors(std::size_t samples, std::span<const float> exact, std::span<const float> rounded,
                                   std::span<const float> shift, const ProductParameters& parameters) {
  const std::size_t channels = shift.size(), of_sample = exact.size() / samples;
  MOTE_CHECK(exact.size() == rounded.size() && of_sample * samples == exact.size());
  const auto clamped = [&](float value) {
    if (parameters.low) value = std::max(value, *parameters.low);
    return parameters.high ? std::min(value, *parameters.high) : value;
  };
  std::vector<double> sums(samples * channels, 0.0);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const std::size_t channel = i % channels;
    const auto error = static_cast<double>(clamped(exact[i]) - clamped(rounded[i] + shift[channel]));
    sums[i / of_sample * channels + channel] += error * error;
  }
  return sums;
}

}  // namespace mote
