#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "passes/quantize/stored.hpp"

namespace mote {

// One thing that quantization rounds: the values of an activation (a FakeQuantize node) or the weights of a product.
struct QuantizedPart {
  enum class Kind : std::uint8_t { activation, weights } kind = Kind::activation;
  std::size_t node = 0;  // the FakeQuantize, or the product
  ValueId value{};       // what is rounded
  std::string name{};    // of that value, as --int16 takes it
  Grid grid{};           // activations only
};

// A graph behind `calibrate`, run with any choice of its parts rounded, the others left real.
class SelectiveRun {
 public:
  explicit SelectiveRun(Graph graph);

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const std::vector<QuantizedPart>& parts() const { return parts_; }

  using Values = std::vector<Tensor>;  // by value id; constants are left empty
  // All values for one sample that fits the graph's inputs, with every part rounded or none.
  [[nodiscard]] Values run(std::span<const Tensor> inputs, bool rounded) const;
  // The same with one part the other way round: computes anew only what follows it.
  [[nodiscard]] std::vector<Tensor> outputs_with_toggled(const Values& values, bool rounded, std::size_t part) const;

 private:
  [[nodiscard]] std::vector<Tensor> evaluate(std::size_t node, const Values& values, bool rounded) const;
  void find_parts();

  Graph graph_;
  std::vector<QuantizedPart> parts_{};
  std::vector<Tensor> constants_{};                       // by value id
  std::vector<std::optional<Tensor>> rounded_weights_{};  // by node
};

// Each output channel (the last axis) rounded to its 8-bit scale.
[[nodiscard]] Tensor weights_on_levels(const Tensor& weights);

}  // namespace mote
