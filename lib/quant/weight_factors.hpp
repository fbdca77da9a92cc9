#pragma once
#include <vector>

#include "lib/quant/product_outputs.hpp"

namespace mote {

// The mean of every input of a product and how they vary together, by some rows.
struct InputMoments {
  std::vector<double> means{};       // [inputs]
  std::vector<double> covariance{};  // [inputs][inputs]
};
[[nodiscard]] InputMoments input_moments(const ProductRows& rows);

// Weights of `blocks` times `first` inputs as the product of two of less rank:
//   w[block][i][output] = sum over r of first[i][r] second[block][r][output]
struct WeightFactors {
  std::size_t rank = 0;
  std::vector<double> first{};   // [first][rank]
  std::vector<double> second{};  // [blocks][rank][outputs]
  double loss = 0.0;             // of the outputs, as a share of their variance
};

// Weights in pairs of factors that keep the outputs, not the weights, as near as they can be: the error of a weight
// counts by how its input varies together with the others. The start is in closed form, with the covariance of the
// blocks taken as the same in all and as none between them; from there least squares for one factor and conjugate
// gradients for the other take turns with the covariance as it is. Deterministic.
class WeightFactoring {
 public:
  // `order`: which input of the moments and row of the weights [inputs][outputs] is input i of block b, at
  // b * (order.size() / blocks) + i.
  WeightFactoring(const InputMoments& moments, const std::vector<float>& weights, const std::vector<std::size_t>& order,
                  std::size_t blocks);

  [[nodiscard]] std::size_t full_rank() const;
  // What the closed form makes of the loss: enough to tell which ways of factoring are worth trying. Falls with the
  // rank; infinite where moments are no numbers.
  [[nodiscard]] double estimated_loss(std::size_t rank) const;
  // 0 < rank <= full_rank().
  [[nodiscard]] WeightFactors with_rank(std::size_t rank) const;

 private:
  std::size_t blocks_, first_, outputs_;
  std::vector<double> covariance_{};  // [inputs][inputs] in order, with a ridge
  std::vector<double> weights_{};     // [inputs][outputs] in order
  std::vector<double> lower_{};       // [first][first]: of the mean covariance of a block, Cholesky's factor
  std::vector<double> energies_{};    // by direction, descending
  std::vector<double> directions_{};  // [first][first], in columns
};

// [inputs][outputs], in the order of the weights that were factored.
[[nodiscard]] std::vector<float> multiplied(const WeightFactors& factors, const std::vector<std::size_t>& order,
                                            std::size_t blocks);

}  // namespace mote
