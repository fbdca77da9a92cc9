#include "lib/quant/weight_factors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include "lib/quant/matrices.hpp"
#include "lib/support/check.hpp"

namespace mote {
namespace {

using Eigen::Index;

constexpr double ridge = 1e-3;        // in units of the mean variance of the inputs
constexpr double solve_ridge = 1e-9;  // of the mean diagonal: directions that nothing has
constexpr int turns = 8, steps = 4;

Index signed_of(std::size_t size) { return static_cast<Index>(size); }

Eigen::Map<const WideMatrix> wide_view(const std::vector<double>& values, std::size_t columns) {
  return {values.data(), signed_of(values.size() / columns), signed_of(columns)};
}

std::vector<double> elements_of(const WideMatrix& matrix) { return {matrix.data(), matrix.data() + matrix.size()}; }

// Two factors that take turns.
class Alternation {
 public:
  Alternation(const Eigen::Map<const WideMatrix>& covariance, const Eigen::Map<const WideMatrix>& weights,
              const Eigen::Map<const WideMatrix>& lower, Index blocks)
      : covariance_(covariance),
        weights_(weights),
        lower_(lower),
        blocks_(blocks),
        inputs_(covariance.rows() / blocks),
        wanted_(covariance * weights) {}

  [[nodiscard]] WeightFactors run(WideMatrix first) const {
    WideMatrix second = best_second(first);
    const bool closed = blocks_ == 1;  // the start is the best there is
    for (int turn = 0; turn < (closed ? 1 : turns); ++turn) {
      make_orthonormal(first, second);
      if (!closed) improve_first(first, second);
      second = best_second(first);
    }
    const WideMatrix missing = weights_ - product(first, second);
    const double variance = weights_.cwiseProduct(wanted_).sum();
    const double error = missing.cwiseProduct(covariance_ * missing).sum();
    return {.rank = static_cast<std::size_t>(first.cols()),
            .first = elements_of(first),
            .second = elements_of(second),
            .loss = variance > 0.0 ? error / variance : 0.0};
  }

 private:
  // [blocks * inputs][outputs]
  [[nodiscard]] WideMatrix product(const WideMatrix& first, const WideMatrix& second) const {
    WideMatrix result(blocks_ * inputs_, second.cols());
    for (Index b = 0; b < blocks_; ++b)
      result.middleRows(b * inputs_, inputs_).noalias() = first * second.middleRows(b * first.cols(), first.cols());
    return result;
  }

  // The sum over the blocks of x_b second_b^T.
  [[nodiscard]] WideMatrix gathered(const WideMatrix& x, const WideMatrix& second) const {
    const Index rank = second.rows() / blocks_;
    WideMatrix sum = WideMatrix::Zero(inputs_, rank);
    for (Index b = 0; b < blocks_; ++b)
      sum.noalias() += x.middleRows(b * inputs_, inputs_) * second.middleRows(b * rank, rank).transpose();
    return sum;
  }

  [[nodiscard]] WideMatrix best_second(const WideMatrix& first) const {
    const Index rank = first.cols();
    WideMatrix moments(blocks_ * rank, blocks_ * rank), right(blocks_ * rank, weights_.cols());
    for (Index b = 0; b < blocks_; ++b) {
      const WideMatrix seen = first.transpose() * covariance_.middleRows(b * inputs_, inputs_);
      for (Index other = 0; other < blocks_; ++other)
        moments.block(b * rank, other * rank, rank, rank).noalias() = seen.middleCols(other * inputs_, inputs_) * first;
      right.middleRows(b * rank, rank).noalias() = first.transpose() * wanted_.middleRows(b * inputs_, inputs_);
    }
    moments.diagonal().array() += solve_ridge * moments.diagonal().mean() + 1e-300;
    return Eigen::LLT<WideMatrix>(moments).solve(right);
  }

  // The same product, with rows of `second` that are orthonormal over all blocks: steps for `first` are as long in all
  // directions then.
  void make_orthonormal(WideMatrix& first, WideMatrix& second) const {
    const Index rank = first.cols(), outputs = second.cols();
    WideMatrix side_by_side(blocks_ * outputs, rank);
    for (Index b = 0; b < blocks_; ++b)
      side_by_side.middleRows(b * outputs, outputs) = second.middleRows(b * rank, rank).transpose();
    const Eigen::HouseholderQR<WideMatrix> qr(side_by_side);
    const WideMatrix upper = qr.matrixQR().topRows(rank).triangularView<Eigen::Upper>();
    first = first * upper.transpose();
    const WideMatrix basis = qr.householderQ() * WideMatrix::Identity(blocks_ * outputs, rank);
    for (Index b = 0; b < blocks_; ++b)
      second.middleRows(b * rank, rank) = basis.middleRows(b * outputs, outputs).transpose();
  }

  // Conjugate gradients, conditioned by the mean covariance of the blocks.
  void improve_first(WideMatrix& first, const WideMatrix& second) const {
    const auto conditioned = [&](const WideMatrix& x) {
      const auto lower = lower_.triangularView<Eigen::Lower>();
      return WideMatrix(lower.transpose().solve(lower.solve(x)));
    };
    WideMatrix left = gathered(wanted_ - covariance_ * product(first, second), second);
    WideMatrix scaled = conditioned(left), direction = scaled;
    double size = left.cwiseProduct(scaled).sum();
    for (int step = 0; step < steps && size > 0.0; ++step) {
      const WideMatrix change = gathered(covariance_ * product(direction, second), second);
      const double curvature = direction.cwiseProduct(change).sum();
      if (!(curvature > 0.0)) return;
      first += size / curvature * direction;
      left -= size / curvature * change;
      scaled = conditioned(left);
      const double next = left.cwiseProduct(scaled).sum();
      direction = scaled + next / size * direction;
      size = next;
    }
  }

  const Eigen::Map<const WideMatrix>&covariance_, &weights_, &lower_;
  Index blocks_, inputs_;
  WideMatrix wanted_;  // covariance times weights
};

}  // namespace

InputMoments input_moments(const ProductRows& rows) {
  const auto x = matrix_view(rows.exact, rows.inputs);
  const Eigen::RowVectorXd means = x.cast<double>().colwise().mean();
  const WideMatrix covariance = summed_products(x, x, true) / static_cast<double>(std::max<std::size_t>(rows.count, 1));
  return {.means = {means.data(), means.data() + means.size()}, .covariance = elements_of(covariance)};
}

WeightFactoring::WeightFactoring(const InputMoments& moments, const std::vector<float>& weights,
                                 const std::vector<std::size_t>& order, std::size_t blocks)
    : blocks_(blocks), first_(order.size() / blocks), outputs_(weights.size() / order.size()) {
  MOTE_CHECK(moments.means.size() == order.size() && first_ * blocks_ == order.size());
  const auto all = wide_view(moments.covariance, order.size());
  const auto given = matrix_view(weights, outputs_);
  const Index inputs = signed_of(order.size()), first = signed_of(first_), outputs = signed_of(outputs_);
  WideMatrix covariance(inputs, inputs), own(inputs, outputs);
  for (Index i = 0; i < inputs; ++i) {
    const Index from = signed_of(order[static_cast<std::size_t>(i)]);
    own.row(i) = given.row(from).cast<double>();
    for (Index k = 0; k < inputs; ++k) covariance(i, k) = all(from, signed_of(order[static_cast<std::size_t>(k)]));
  }
  covariance.diagonal().array() += ridge * covariance.diagonal().mean() + 1e-30;
  WideMatrix mean = WideMatrix::Zero(first, first), side_by_side(first, signed_of(blocks_) * outputs);
  for (Index b = 0; b < signed_of(blocks_); ++b) {
    mean += covariance.block(b * first, b * first, first, first) / static_cast<double>(blocks_);
    side_by_side.middleCols(b * outputs, outputs) = own.middleRows(b * first, first);
  }
  const WideMatrix lower = Eigen::LLT<WideMatrix>(mean).matrixL();
  const WideMatrix seen = lower.transpose() * side_by_side;
  const Eigen::SelfAdjointEigenSolver<WideMatrix> eigen(seen * seen.transpose());
  covariance_ = elements_of(covariance);
  weights_ = elements_of(own);
  lower_ = elements_of(lower);
  directions_ = elements_of(eigen.eigenvectors().rowwise().reverse());
  for (Index k = first - 1; k >= 0; --k) energies_.push_back(std::max(eigen.eigenvalues()(k), 0.0));
}

std::size_t WeightFactoring::full_rank() const { return std::min(first_, blocks_ * outputs_); }

double WeightFactoring::estimated_loss(std::size_t rank) const {
  const double all = std::accumulate(energies_.begin(), energies_.end(), 0.0);
  if (!std::isfinite(all)) return std::numeric_limits<double>::infinity();
  const double kept =
      std::accumulate(energies_.begin(), energies_.begin() + std::ptrdiff_t(std::min(rank, first_)), 0.0);
  return all > 0.0 ? std::max(0.0, 1.0 - kept / all) : 0.0;
}

WeightFactors WeightFactoring::with_rank(std::size_t rank) const {
  MOTE_CHECK(rank > 0 && rank <= full_rank());
  const auto lower = wide_view(lower_, first_);
  const WideMatrix start = lower.triangularView<Eigen::Lower>().transpose().solve(
      WideMatrix(wide_view(directions_, first_).leftCols(signed_of(rank))));
  const auto covariance = wide_view(covariance_, blocks_ * first_), weights = wide_view(weights_, outputs_);
  return Alternation(covariance, weights, lower, signed_of(blocks_)).run(start);
}

std::vector<float> multiplied(const WeightFactors& factors, const std::vector<std::size_t>& order, std::size_t blocks) {
  const std::size_t inputs = order.size() / blocks, rank = factors.rank;
  const std::size_t outputs = factors.second.size() / (blocks * rank);
  const auto first = wide_view(factors.first, rank), second = wide_view(factors.second, outputs);
  std::vector<float> weights(order.size() * outputs);
  for (std::size_t b = 0; b < blocks; ++b) {
    const WideMatrix block = first * second.middleRows(signed_of(b * rank), signed_of(rank));
    for (std::size_t i = 0; i < inputs; ++i)
      for (std::size_t o = 0; o < outputs; ++o)
        weights[order[b * inputs + i] * outputs + o] = static_cast<float>(block(signed_of(i), signed_of(o)));
  }
  return weights;
}

}  // namespace mote
