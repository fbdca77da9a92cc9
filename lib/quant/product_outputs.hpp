#pragma once
#include <optional>
#include <span>
#include <vector>

namespace mote {

// What output channels that read the same inputs see at some places of some samples: one row per place, as many from each
// sample, one sample after the other.
struct ProductRows {
  std::size_t samples = 1, count = 0, inputs = 0, outputs = 0;  // count: rows of all samples
  std::vector<float> exact{}, rounded{};              // [count][inputs]: in real numbers; behind quantized layers
  std::vector<float> exact_added{}, rounded_added{};  // [count][outputs]: what is added to the sum; empty: nothing
};

// Those channels.
struct ProductParameters {
  std::vector<float> weights{};        // [inputs][outputs]
  std::vector<float> bias{};           // [outputs]
  std::optional<float> low{}, high{};  // of the output
};

// [count][outputs], before the clamp.
[[nodiscard]] std::vector<float> exact_outputs(const ProductRows& rows, const ProductParameters& parameters);
// The same from rounded inputs, with other weights.
[[nodiscard]] std::vector<float> rounded_outputs(const ProductRows& rows, const ProductParameters& parameters,
                                                 std::span<const float> weights);
// [samples][outputs], the sum over a sample's rows of the squared difference behind the clamp, when `shift` is added to
// the bias.
[[nodiscard]] std::vector<double> squared_errors(std::size_t samples, std::span<const float> exact,
                                                 std::span<const float> rounded, std::span<const float> shift,
                                                 const ProductParameters& parameters);

}  // namespace mote
