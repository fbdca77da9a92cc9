#pragma once
#include <optional>
#include <span>
#include <vector>

#include "lib/quant/product_outputs.hpp"

namespace mote {

// Inputs that leave a product one set after the other, while the weights of those that stay make up for it as well as
// they can: least squares in closed form (Hassibi and Stork 1993), for groups. With the covariance H of the inputs that
// are left, and a ridge, the set g costs
//   trace(W_g^T ((H^-1)_gg)^-1 W_g)
// of the squared outputs, the weights become W - (H^-1)_:g ((H^-1)_gg)^-1 W_g, and H^-1 loses g in the same way. So the
// next set is judged by what those before it have left: of two inputs that stand in for each other only one is free.
// Beyond `most_inputs` H is taken as diagonal, because its inverse would need too much memory.
class InputRemoval {
 public:
  static constexpr std::size_t most_inputs = 2048;

  InputRemoval(const ProductRows& rows, const ProductParameters& parameters);

  // What removing the set now would add to the squared error of the outputs, as a share of their variance.
  [[nodiscard]] double loss(std::span<const std::size_t> set) const;
  void remove(std::span<const std::size_t> set);
  // What makes up for the sets that were removed, whose weights are 0.
  [[nodiscard]] ProductParameters parameters() const;

 private:
  [[nodiscard]] bool is_diagonal() const { return inputs_ > most_inputs; }
  std::size_t inputs_, outputs_;
  ProductParameters own_;
  std::vector<double> means_{};    // of the inputs
  double variance_ = 0.0;          // of the outputs; 0: nothing varies, and nothing costs anything
  std::vector<double> inverse_{};  // [inputs][inputs], or its diagonal; 0 where removed
  std::vector<double> weights_{};  // [inputs][outputs]; 0 where removed
};

}  // namespace mote
