#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "passes/quantize/stored.hpp"

namespace mote {

// One thing that quantization rounds: the values of an activation (a FakeQuantize node), the weights of a product with
// the bias that goes with them, or one of the two weights of a recurrent layer.
struct QuantizedPart {
  enum class Kind : std::uint8_t { activation, weights } kind = Kind::activation;
  std::size_t node = 0;     // the FakeQuantize, or the layer
  std::size_t operand = 0;  // of the node: what is rounded
  ValueId value{};          // the same
  std::string name{};    // of that value, as --int16 takes it
  Grid grid{};           // activations only
};

// A network run with any choice of its parts rounded, the others left real.
class SelectiveRun {
 public:
  // `real`: as calibrate leaves it, with the weights of the real network; `fitted`: as fit-weights leaves that, with the
  // weights and biases that become integers.
  SelectiveRun(Graph real, Graph fitted);

  [[nodiscard]] const Graph& graph() const { return real_; }
  [[nodiscard]] const std::vector<QuantizedPart>& parts() const { return parts_; }
  [[nodiscard]] const Tensor& rounded_weights(const QuantizedPart& part) const;  // of a part of that kind

  using Values = std::vector<Tensor>;  // by value id; constants are left empty
  // All values for one sample that fits the graph's inputs, with every part rounded or none.
  [[nodiscard]] Values run(std::span<const Tensor> inputs, bool rounded) const;
  // The same with one part the other way round: computes anew only what follows it.
  [[nodiscard]] std::vector<Tensor> outputs_with_toggled(const Values& values, bool rounded, std::size_t part) const;

 private:
  struct RoundedOperand {
    std::size_t place = 0;
    Tensor values{};
  };

  // Operand `toggled` the other way round than the rest.
  [[nodiscard]] std::vector<Tensor> evaluate(std::size_t node, const Values& values, bool rounded,
                                             std::optional<std::size_t> toggled = {}) const;
  void find_parts();
  void add_activation(std::size_t node);
  void add_weights(std::size_t node, std::size_t operand, Tensor rounded);

  Graph real_, fitted_;
  std::vector<QuantizedPart> parts_{};
  std::vector<Tensor> real_constants_{}, fitted_constants_{};  // by value id
  std::vector<std::vector<RoundedOperand>> rounded_{};         // by node
};

// Each output channel of a product (the last axis) rounded to its 8-bit scale.
[[nodiscard]] Tensor weights_on_levels(const Tensor& weights);
// Each row of a recurrent layer's weights (all along the last axis) rounded to its own.
[[nodiscard]] Tensor rows_on_levels(const Tensor& weights);

}  // namespace mote
