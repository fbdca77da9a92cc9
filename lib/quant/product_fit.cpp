#include "lib/quant/product_fit.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "lib/quant/closest_levels.hpp"
#include "lib/quant/matrices.hpp"
#include "lib/quant/weight_removal.hpp"
#include "lib/quant/weight_scale.hpp"
#include "lib/support/check.hpp"
#include "lib/support/parallel.hpp"

namespace mote {
namespace {

using Eigen::Index;

// Ridges are in units of the mean second moment of the inputs.
constexpr double rounding_ridge = 0.01;
// How far weights may leave their own values to make up for the errors of earlier layers: not at all, or by least squares
// with these ridges.
constexpr std::array<std::optional<double>, 3> target_ridges{std::nullopt, 1.0, 0.1};
constexpr int most_sweeps = 3;
constexpr std::size_t most_searched = 16;  // inputs; with more the search does not end
constexpr std::int64_t most_steps = 4000;
// Larger products are fitted in blocks of inputs, each making up for the errors of those before it: the moments of a
// block stay in the cache, and the work does not grow with the square of the inputs.
constexpr Index largest_block = 640;
// The scale of a channel that may get other levels; 0 for one that keeps its weights.
double free_scale(const std::vector<double>& weights, const std::vector<double>& importance,
                  const ProductFitOptions& options) {
  if (lie_on_levels(weights, options.largest_level)) return 0.0;
  const double scale = options.on_levels ? searched_scale(weights, importance, options.largest_level)
                                         : full_range_scale(weights);
  return std::isnormal(static_cast<float>(scale)) ? scale : 0.0;
}

// The mean square of every input.
std::vector<double> powers_of(const ProductRows& rows) {
  const Eigen::RowVectorXd powers =
      matrix_view(rows.rounded, rows.inputs).cast<double>().colwise().squaredNorm() / static_cast<double>(rows.count);
  return {powers.begin(), powers.end()};
}

// The best found for one channel.
struct Choice {
  std::vector<double> errors{};  // by sample held out; empty: nothing yet
  float shift = 0.0F;            // of the bias
  std::vector<float> weights{};  // empty: as they were
};

// Whether errors fell by more than chance explains: the mean difference exceeds its own standard error.
bool is_better(const std::vector<double>& errors, const std::vector<double>& than) {
  if (than.empty()) return true;
  const auto count = static_cast<double>(errors.size());
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const double gain = than[i] - errors[i];
    sum += gain;
    squares += gain * gain;
  }
  const double variance = std::max(0.0, squares - sum * sum / count) / std::max(1.0, count - 1.0);
  return sum > std::sqrt(count * variance);
}

ProductFitOptions with_levels(ProductFitOptions options) {
  options.on_levels = options.on_levels || options.largest_level < largest_weight_level;
  return options;
}

class Fitter {
 public:
  Fitter(const ProductParameters& parameters, const ProductRows& rows, const ProductRows& held_out,
         const ProductFitOptions& options)
      : parameters_(parameters),
        rows_(rows),
        held_out_(held_out),
        options_(with_levels(options)),
        exact_(matrix_view(parameters.weights, rows.outputs)),
        keeps_zeros_(has_kept_zeros(parameters.weights)),
        choices_(rows.outputs) {
    const std::vector<double> importance = powers_of(rows);
    for (Index channel = 0; channel < exact_.cols(); ++channel) {
      std::vector<double> own;
      for (const float weight : exact_.col(channel)) own.push_back(static_cast<double>(weight));
      scales_.push_back(free_scale(own, importance, options_));
    }
  }

  std::vector<Choice> run() && {
    if (std::ranges::none_of(scales_, [](double scale) { return scale > 0.0; })) return std::move(choices_);
    outputs_ = exact_outputs(rows_, parameters_);
    held_out_outputs_ = exact_outputs(held_out_, parameters_);
    const Matrix nearest = nearest_weights();
    consider(nearest, false, false);
    if (options_.correct_bias) consider(nearest, false, true);
    if (options_.round)
      for (const auto ridge : target_ridges) consider(fitted_weights(ridge), true, options_.correct_bias);
    return std::move(choices_);
  }

 private:
  [[nodiscard]] Matrix nearest_weights() const {
    Matrix weights = exact_;
    for (Index channel = 0; channel < weights.cols(); ++channel) {
      const double scale = scales_[static_cast<std::size_t>(channel)];
      for (Index k = 0; k < weights.rows() && scale > 0.0; ++k)
        weights(k, channel) = static_cast<float>(
            nearest_weight_level(static_cast<double>(weights(k, channel)), scale, options_.largest_level) * scale);
    }
    return weights;
  }

  // What is missing to the exact outputs.
  [[nodiscard]] Matrix missing(const Matrix& weights) const {
    const std::vector<float> rounded = rounded_outputs(rows_, parameters_, span_of(weights));
    return matrix_view(outputs_, rows_.outputs) - matrix_view(rounded, rows_.outputs);
  }

  Matrix fitted_weights(std::optional<double> target_ridge) {
    Matrix weights = exact_;
    Matrix error = missing(weights);
    const auto all_inputs = matrix_view(rows_.rounded, rows_.inputs);
    const Index blocks = (weights.rows() + largest_block - 1) / largest_block;
    const Index extent = (weights.rows() + blocks - 1) / blocks;
    for (Index block = 0; block < blocks; ++block) {
      const Index first = block * extent, count = std::min(extent, weights.rows() - first);
      const auto inputs = all_inputs.middleCols(first, count);
      if (block == std::ssize(moments_)) moments_.push_back(summed_products(inputs, inputs, options_.correct_bias));
      const WideMatrix& moments = moments_[static_cast<std::size_t>(block)];
      auto own = weights.middleRows(first, count);
      const auto is_zero = (exact_.middleRows(first, count).array() == 0.0F).eval();
      if (target_ridge) own += correction(moments, summed_products(inputs, error, options_.correct_bias), *target_ridge);
      if (keeps_zeros_) own = is_zero.select(0.0F, own);
      round_block(moments, own);
      if (blocks > 1) error.noalias() += inputs * (exact_.middleRows(first, count) - weights.middleRows(first, count));
    }
    return weights;
  }

  // What to add to the weights for the least squared error: (M + ridge)^-1 times the inputs' products with the error.
  static Matrix correction(const WideMatrix& moments, const WideMatrix& correlation, double ridge) {
    WideMatrix ridged = moments;
    if (!add_ridge(ridged, ridge)) return Matrix::Zero(correlation.rows(), correlation.cols());
    return Eigen::LLT<WideMatrix>(ridged).solve(correlation).cast<float>();
  }

  static bool add_ridge(WideMatrix& moments, double ridge) {
    const double mean_moment = moments.diagonal().mean();
    moments.diagonal().array() += ridge * mean_moment;
    return std::isnormal(mean_moment);
  }

  void round_block(WideMatrix moments, Eigen::Ref<Matrix> weights) const {
    if (!add_ridge(moments, rounding_ridge)) return;
    const auto count = static_cast<std::size_t>(weights.rows());
    const auto largest = static_cast<std::int32_t>(options_.largest_level);
    std::optional<ClosestLevels> whole;  // for channels of which every weight may move
    if (!keeps_zeros_) whole.emplace(std::span(moments.data(), count * count), count, -largest, largest);
    for_each_in_parallel(scales_.size(), [&](std::size_t channel) {
      if (scales_[channel] == 0.0) return;
      auto own = weights.col(static_cast<Index>(channel));
      if (whole)
        round_channel(*whole, scales_[channel], own);
      else
        round_others(moments, largest, scales_[channel], own);
    });
  }

  // But for weights of 0, which stay.
  template <class Column>
  static void round_others(const WideMatrix& moments, std::int32_t largest, double scale, Column weights) {
    std::vector<Index> others;
    for (Index k = 0; k < weights.size(); ++k)
      if (weights[k] != 0.0F) others.push_back(k);
    const WideMatrix own_moments = moments(others, others);
    const ClosestLevels closest(std::span(own_moments.data(), others.size() * others.size()), others.size(), -largest, largest);
    Eigen::VectorXf own = weights(others);
    round_channel(closest, scale, own.col(0));
    for (std::size_t i = 0; i < others.size(); ++i) weights[others[i]] = own[static_cast<Index>(i)];
  }

  template <class Column>
  static void round_channel(const ClosestLevels& closest, double scale, Column weights) {
    std::vector<double> centre;
    for (const float weight : weights) centre.push_back(static_cast<double>(weight) / scale);
    ClosestLevels::Levels levels = closest.successive(centre);
    closest.descend(centre, levels, most_sweeps);
    if (centre.size() <= most_searched) closest.search(centre, levels, most_steps);
    for (std::size_t k = 0; k < centre.size(); ++k)
      weights[static_cast<Index>(k)] = static_cast<float>(levels[k] * scale);
  }

  // Every channel that is better off with these weights, and the bias that they ask for, takes them.
  void consider(const Matrix& weights, bool is_fitted, bool shifts) {
    Eigen::RowVectorXf shift = Eigen::RowVectorXf::Zero(weights.cols());
    if (shifts) shift = missing(weights).colwise().mean();
    const std::vector<float> rounded = rounded_outputs(held_out_, parameters_, span_of(weights));
    const std::vector<double> errors =
        squared_errors(held_out_.samples, held_out_outputs_, rounded, {shift.data(), scales_.size()}, parameters_);
    for (std::size_t channel = 0; channel < choices_.size(); ++channel) {
      std::vector<double> own;
      for (std::size_t sample = channel; sample < errors.size(); sample += choices_.size()) own.push_back(errors[sample]);
      if ((is_fitted && scales_[channel] == 0.0) || !is_better(own, choices_[channel].errors)) continue;
      const auto column = static_cast<Index>(channel);
      choices_[channel] = {.errors = std::move(own), .shift = shift[column]};
      const bool realization_finds_them = !is_fitted && !options_.on_levels;
      if (realization_finds_them || scales_[channel] == 0.0) continue;
      for (const float weight : weights.col(column)) choices_[channel].weights.push_back(weight);
    }
  }

  static std::span<const float> span_of(const Matrix& matrix) {
    return {matrix.data(), static_cast<std::size_t>(matrix.size())};
  }

  const ProductParameters& parameters_;
  const ProductRows& rows_;
  const ProductRows& held_out_;
  ProductFitOptions options_;
  Eigen::Map<const Matrix> exact_;
  std::vector<double> scales_{};                             // by channel, see free_scale
  std::vector<float> outputs_{}, held_out_outputs_{};  // exact
  std::vector<WideMatrix> moments_{};                  // of the rounded inputs, by block
  bool keeps_zeros_;                                   // weights of 0 have no other level
  std::vector<Choice> choices_;
};

}  // namespace

ProductParameters fit_product(ProductParameters parameters, const ProductRows& rows, const ProductRows& held_out,
                              const ProductFitOptions& options) {
  MOTE_CHECK(rows.inputs == held_out.inputs && rows.outputs == held_out.outputs);
  const std::vector<Choice> choices = Fitter(parameters, rows, held_out, options).run();
  for (std::size_t channel = 0; channel < choices.size(); ++channel) {
    parameters.bias[channel] += choices[channel].shift;
    const std::vector<float>& weights = choices[channel].weights;
    for (std::size_t k = 0; k < weights.size(); ++k) parameters.weights[k * rows.outputs + channel] = weights[k];
  }
  return parameters;
}

}  // namespace mote
