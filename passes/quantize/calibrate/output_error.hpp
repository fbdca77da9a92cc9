#pragma once
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// What of a network with marked activations is compared for one of its outputs.
struct ComparedOutput {
  ValueId value{};                 // the output, or the softmax behind it, whose own rounding loses no answer
  std::int64_t distributions = 0;  // > 0: probabilities, so many times summing to 1
};
[[nodiscard]] std::vector<ComparedOutput> compared_outputs(const Graph& graph);

// How far a network's outputs y are from those in real numbers, x: one number >= 0 per sample, 0 for the same outputs.
// Sum over the outputs of
//   probabilities  Kullback-Leibler divergence, sum x log(x / y), of one distribution on average
//   real numbers   noise over signal, sum (x - y)^2 / sum x^2, with the signal averaged over the samples
//   integers       the share of elements that differ
class OutputError {
 public:
  using Outputs = std::vector<Tensor>;  // by compared output
  OutputError() = default;
  OutputError(std::vector<ComparedOutput> compared, std::vector<Outputs> exact);  // by sample

  [[nodiscard]] std::size_t samples() const { return exact_.size(); }
  [[nodiscard]] double of(std::size_t sample, const Outputs& outputs) const;

 private:
  std::vector<ComparedOutput> compared_{};
  std::vector<Outputs> exact_{};
  std::vector<double> signal_{};  // by compared output
};

}  // namespace mote
