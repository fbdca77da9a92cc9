#include "lib/quant/product_repair.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>

#include "lib/quant/input_removal.hpp"
#include "lib/quant/matrices.hpp"
#include "lib/support/check.hpp"

namespace mote {
namespace {

using Eigen::Index;

constexpr std::array ridges{3.0, 0.1, 3e-3};  // in units of the mean variance of the inputs
constexpr int rounds = 3;

class Repair {
 public:
  Repair(const ProductParameters& own, const ProductRows& rows, const std::vector<float>& wanted)
      : own_(own), rows_(rows), x_(matrix_view(rows.exact, rows.inputs)), wanted_(matrix_view(wanted, rows.outputs)) {}

  // By the first `count` rows.
  [[nodiscard]] ProductParameters fitted(double ridge, const WideMatrix& moments, Index count) const {
    ProductParameters result = own_;
    const Matrix x = x_.topRows(count), wanted = wanted_.topRows(count);
    WideMatrix ridged = moments;
    const double mean = moments.diagonal().mean();
    ridged.diagonal().array() += ridge * mean;
    const Eigen::LLT<WideMatrix> factor(ridged);
    for (int round = 0; round < (is_clamped() ? rounds : 1); ++round) {
      const Matrix missing = missing_to(wanted, outputs(result, 0, count));
      auto weights = weights_of(result);
      const Matrix step = std::isnormal(mean) && mean > 0.0
                              ? Matrix(factor.solve(summed_products(x, missing, true)).cast<float>())
                              : Matrix::Zero(weights.rows(), weights.cols());
      weights += step;
      bias_of(result) += (missing - x * step).colwise().mean();
    }
    return result;
  }

  // Another bias only.
  [[nodiscard]] ProductParameters shifted(Index count) const {
    ProductParameters result = own_;
    bias_of(result) += missing_to(wanted_.topRows(count), outputs(own_, 0, count)).colwise().mean();
    return result;
  }

  [[nodiscard]] WideMatrix moments(Index count) const {
    return summed_products(x_.topRows(count), x_.topRows(count), true);
  }

  // Of the rows from `first` on.
  [[nodiscard]] double error(const ProductParameters& parameters, Index first) const {
    const Index count = x_.rows() - first;
    return missing_to(wanted_.bottomRows(count), outputs(parameters, first, count)).cast<double>().squaredNorm();
  }

 private:
  [[nodiscard]] bool is_clamped() const { return own_.low || own_.high; }
  [[nodiscard]] Eigen::Map<Matrix> weights_of(ProductParameters& parameters) const {
    return {parameters.weights.data(), x_.cols(), wanted_.cols()};
  }
  [[nodiscard]] Eigen::Map<Eigen::RowVectorXf> bias_of(ProductParameters& parameters) const {
    return {parameters.bias.data(), wanted_.cols()};
  }

  [[nodiscard]] Matrix outputs(const ProductParameters& parameters, Index first, Index count) const {
    Matrix y = x_.middleRows(first, count) * matrix_view(parameters.weights, rows_.outputs);
    y.rowwise() += matrix_view(parameters.bias, rows_.outputs).row(0);
    if (!rows_.exact_added.empty()) y += matrix_view(rows_.exact_added, rows_.outputs).middleRows(first, count);
    return y;
  }

  // A value beyond a bound of the clamp only has to come to the bound.
  [[nodiscard]] Matrix missing_to(const Matrix& wanted, const Matrix& given) const {
    const float low = own_.low.value_or(-std::numeric_limits<float>::infinity());
    const float high = own_.high.value_or(std::numeric_limits<float>::infinity());
    return wanted.binaryExpr(given, [&](float want, float have) {
      if (want <= low) return std::min(0.0F, low - have);
      if (want >= high) return std::max(0.0F, high - have);
      return want - have;
    });
  }

  const ProductParameters& own_;
  const ProductRows& rows_;
  Eigen::Map<const Matrix> x_, wanted_;
};

}  // namespace

ProductParameters repaired_product(ProductParameters parameters, const ProductRows& rows,
                                   const std::vector<float>& wanted, std::size_t held_out) {
  MOTE_CHECK(wanted.size() == rows.count * rows.outputs && held_out < rows.count);
  const auto seen = static_cast<Index>(rows.count - held_out);
  const Repair repair(parameters, rows, wanted);
  double least = repair.error(parameters, seen);
  ProductParameters best = parameters;
  const auto keep_if_better = [&](ProductParameters fitted) {
    const double error = repair.error(fitted, seen);
    if (!(error < least)) return;  // nor one that is no number
    least = error;
    best = std::move(fitted);
  };
  keep_if_better(repair.shifted(seen));
  if (rows.inputs > InputRemoval::most_inputs) return best;
  const WideMatrix moments = repair.moments(seen);
  for (const double ridge : ridges) keep_if_better(repair.fitted(ridge, moments, seen));
  return best;
}

}  // namespace mote
