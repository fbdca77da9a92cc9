#pragma once
#include <span>
#include <vector>

#include "lib/quant/product_outputs.hpp"

namespace mote {

// Weights that leave a product together: those of neighbouring outputs for neighbouring inputs of a kernel row. At the
// end of a row a block has the inputs that are left.
struct WeightBlock {
  std::size_t outputs = 1, inputs = 1;
  std::size_t row = 0;  // inputs of a kernel row; 0: all
};

// Blocks of weights that leave a product while the others of the same output make up for them by least squares (the
// optimal brain surgeon, Hassibi and Stork 1993). With the covariance H of the inputs, and a ridge, an output whose
// weights S are left has the weights (H_SS)^-1 (H w)_S of the whole w, and leaving out those of inputs B costs w_B
// (((H_SS)^-1)_BB)^-1 w_B more. The cheapest blocks of the whole product go, in a few rounds, behind each of which
// costs and weights are those of what is left. Beyond `most_inputs` H is taken as diagonal.
class WeightRemoval {
 public:
  static constexpr std::size_t most_inputs = 1024;

  // block.outputs divides the outputs, block.row the inputs.
  WeightRemoval(const ProductRows& rows, const ProductParameters& parameters, const WeightBlock& block);

  // By block, of the first inputs first: what leaving it out alone adds to the squared error of the outputs, as a share
  // of their variance; 0 where nothing varies.
  [[nodiscard]] std::vector<double> losses() const;
  // The product with that share of its blocks, 0 to 1, left out, and a bias that keeps the mean of its outputs.
  [[nodiscard]] ProductParameters without(double share) const;

 private:
  using Mask = std::vector<bool>;  // by block

  struct Inputs {
    std::size_t first = 0, count = 0;
  };
  struct Column {
    std::vector<std::size_t> kept{};    // of groups_
    std::vector<std::size_t> inputs{};  // in these
    std::vector<double> weights{};      // [inputs][outputs of a block]
    std::vector<double> losses{};       // [kept]; empty if they were not asked for
  };
  [[nodiscard]] Column column(std::size_t number, const Mask& removed, bool with_losses) const;
  [[nodiscard]] std::vector<Column> columns(const Mask& removed, bool with_losses) const;
  void remove_cheapest(std::size_t count, Mask& removed) const;
  [[nodiscard]] std::size_t column_count() const { return outputs_ / block_; }
  [[nodiscard]] std::size_t block_count() const { return groups_.size() * column_count(); }

  const ProductParameters& parameters_;
  std::size_t inputs_, outputs_, block_;  // the last: outputs of a block
  std::vector<Inputs> groups_{};          // the inputs of blocks
  std::vector<double> means_{};    // of the inputs
  std::vector<double> moments_{};  // [inputs][inputs] with the ridge, or its diagonal
  std::vector<double> inverse_{};  // of moments_
  double variance_ = 0.0;          // of the outputs
};

// Whether zeros among weights are meant to stay: at least an eighth of them is exactly 0.
[[nodiscard]] bool has_kept_zeros(std::span<const float> weights);

}  // namespace mote
