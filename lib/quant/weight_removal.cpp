#include "lib/quant/weight_removal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include "lib/quant/matrices.hpp"
#include "lib/support/check.hpp"
#include "lib/support/parallel.hpp"

namespace mote {
namespace {

using Eigen::Index;

constexpr double ridge = 3e-3;  // in units of the mean variance of the inputs
constexpr int rounds = 4;

Eigen::Map<const WideMatrix> square_view(const std::vector<double>& values, std::size_t extent) {
  return {values.data(), static_cast<Index>(extent), static_cast<Index>(extent)};
}

std::vector<double> copied(const WideMatrix& matrix) { return {matrix.data(), matrix.data() + matrix.size()}; }

WideMatrix inverse_of(const Eigen::LLT<WideMatrix>& factor) {
  return factor.solve(WideMatrix::Identity(factor.rows(), factor.cols()));
}

// By run of so many inputs, what leaving out its weights W costs: the trace of W' P W, for the P that precision(first
// input, count) gives.
template <class Precision>
std::vector<double> losses_of(const WideMatrix& weights, const std::vector<Index>& counts, const Precision& precision) {
  std::vector<double> losses;
  Index at = 0;
  for (const Index count : counts) {
    const auto own = weights.middleRows(at, count);
    losses.push_back(own.cwiseProduct(precision(at, count) * own).sum());
    at += count;
  }
  return losses;
}

// The inverses of blocks on the diagonal of an inverse.
template <class Matrix>
auto inverse_blocks(Matrix matrix) {
  return [matrix = std::move(matrix)](Index at, Index count) {
    const WideMatrix block = matrix.block(at, at, count, count);
    return WideMatrix(block.inverse());
  };
}

}  // namespace

WeightRemoval::WeightRemoval(const ProductRows& rows, const ProductParameters& parameters, const WeightBlock& block)
    : parameters_(parameters), inputs_(rows.inputs), outputs_(rows.outputs), block_(block.outputs) {
  const std::size_t row = block.row == 0 ? inputs_ : block.row;
  MOTE_CHECK(block_ > 0 && outputs_ % block_ == 0 && parameters.weights.size() == inputs_ * outputs_);
  MOTE_CHECK(block.inputs > 0 && row > 0 && inputs_ % row == 0);
  for (std::size_t begin = 0; begin < inputs_; begin += row)
    for (std::size_t at = 0; at < row; at += block.inputs)
      groups_.push_back({.first = begin + at, .count = std::min(block.inputs, row - at)});
  const auto x = matrix_view(rows.exact, inputs_);
  const WideMatrix weights = matrix_view(parameters.weights, outputs_).cast<double>();
  const Eigen::RowVectorXd means = x.cast<double>().colwise().mean();
  means_.assign(means.begin(), means.end());
  WideMatrix moments;
  if (inputs_ > most_inputs) {
    const Eigen::RowVectorXd squares = (x.cast<double>().rowwise() - means).colwise().squaredNorm();
    moments = squares;
    variance_ = weights.rowwise().squaredNorm().dot(squares.transpose());
  } else {
    moments = summed_products(x, x, true);
    variance_ = (weights.transpose() * moments * weights).trace();
    moments.diagonal().array() += std::max(ridge * moments.diagonal().mean(), 1e-30);
    inverse_ = copied(inverse_of(Eigen::LLT<WideMatrix>(moments)));
  }
  moments_ = copied(moments);
}

WeightRemoval::Column WeightRemoval::column(std::size_t number, const Mask& removed, bool with_losses) const {
  Column column;
  std::vector<Index> counts;  // of inputs, by what is kept
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (removed[g * column_count() + number]) continue;
    column.kept.push_back(g);
    counts.push_back(static_cast<Index>(groups_[g].count));
    for (std::size_t i = 0; i < groups_[g].count; ++i) column.inputs.push_back(groups_[g].first + i);
  }
  const auto block = static_cast<Index>(block_), first = static_cast<Index>(number) * block;
  const auto all = matrix_view(parameters_.weights, outputs_).middleCols(first, block);
  WideMatrix weights = all(column.inputs, Eigen::all).cast<double>();
  if (!std::isnormal(variance_)) {  // nothing to make up for, or nothing to do it by
    if (with_losses) column.losses.assign(column.kept.size(), 0.0);
  } else if (inputs_ > most_inputs) {
    const Eigen::VectorXd squares =
        Eigen::Map<const Eigen::VectorXd>(moments_.data(), std::ssize(moments_))(column.inputs);
    if (with_losses)
      column.losses = losses_of(
          weights, counts, [&](Index at, Index count) { return WideMatrix(squares.segment(at, count).asDiagonal()); });
  } else if (column.inputs.size() == inputs_) {
    if (with_losses) column.losses = losses_of(weights, counts, inverse_blocks(square_view(inverse_, inputs_)));
  } else {
    const auto moments = square_view(moments_, inputs_);
    const Eigen::LLT<WideMatrix> factor(WideMatrix(moments(column.inputs, column.inputs)));
    weights = factor.solve(WideMatrix(moments(column.inputs, Eigen::all) * all.cast<double>()));
    if (with_losses) column.losses = losses_of(weights, counts, inverse_blocks(inverse_of(factor)));
  }
  column.weights = copied(weights);
  return column;
}

std::vector<WeightRemoval::Column> WeightRemoval::columns(const Mask& removed, bool with_losses) const {
  std::vector<Column> all(column_count());
  for_each_in_parallel(all.size(), [&](std::size_t i) { all[i] = column(i, removed, with_losses); });
  return all;
}

std::vector<double> WeightRemoval::losses() const {
  std::vector<double> losses(block_count(), 0.0);
  if (!std::isnormal(variance_)) return losses;
  const std::vector<Column> all = columns(Mask(losses.size(), false), true);
  for (std::size_t c = 0; c < all.size(); ++c)
    for (std::size_t g = 0; g < groups_.size(); ++g) losses[g * all.size() + c] = all[c].losses[g] / variance_;
  return losses;
}

void WeightRemoval::remove_cheapest(std::size_t count, Mask& removed) const {
  std::vector<std::pair<double, std::size_t>> candidates;
  const std::vector<Column> all = columns(removed, true);
  for (std::size_t c = 0; c < all.size(); ++c)
    for (std::size_t i = 0; i < all[c].kept.size(); ++i)
      candidates.emplace_back(all[c].losses[i], all[c].kept[i] * all.size() + c);
  count = std::min(count, candidates.size());
  std::ranges::nth_element(candidates, candidates.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) removed[candidates[i].second] = true;
}

ProductParameters WeightRemoval::without(double share) const {
  ProductParameters result = parameters_;
  Mask removed(block_count(), false);
  const auto wanted = static_cast<std::size_t>(share * static_cast<double>(removed.size()));
  if (wanted == 0) return result;
  std::size_t gone = 0;
  for (int round = 1; round <= rounds; ++round) {
    const double left = 1.0 - static_cast<double>(round) / rounds;
    const auto goal = static_cast<std::size_t>(static_cast<double>(wanted) * (1.0 - left * left));
    remove_cheapest(goal - gone, removed);
    gone = goal;
  }
  const std::vector<Column> all = columns(removed, false);
  std::ranges::fill(result.weights, 0.0F);
  for (std::size_t c = 0; c < all.size(); ++c)
    for (std::size_t i = 0; i < all[c].weights.size(); ++i)
      result.weights[all[c].inputs[i / block_] * outputs_ + c * block_ + i % block_] =
          static_cast<float>(all[c].weights[i]);
  for (std::size_t i = 0; i < result.weights.size(); ++i) {
    const double lost = static_cast<double>(parameters_.weights[i]) - static_cast<double>(result.weights[i]);
    if (lost != 0.0 && std::isfinite(means_[i / outputs_]))
      result.bias[i % outputs_] += static_cast<float>(means_[i / outputs_] * lost);
  }
  return result;
}

bool has_kept_zeros(std::span<const float> weights) {
  const auto zeros = std::ranges::count(weights, 0.0F);
  return zeros > 0 && 8 * zeros >= std::ssize(weights);
}

}  // namespace mote
