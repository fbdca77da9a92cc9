#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/quant/range.hpp"

namespace mote {

// Unlabelled inputs of the model, one list of tensors per sample; any may be asked for again. Safe to call from
// several threads.
struct CalibrationSamples {
  std::int64_t count = 0;
  std::function<Result<std::vector<Tensor>>(std::int64_t index)> sample{};
  std::string sha256{};  // of the samples as the model sees them; recorded, never computed with
};

// How weights are rounded to their levels: each to its nearest, or so that the outputs of the layer come out right.
enum class WeightRounding : std::uint8_t { nearest, fitted };

struct QuantizeOptions {
  CalibrationSamples samples{};
  RangeMethod range = RangeMethod::mse;  // of every activation but inputs and outputs, which keep all values seen
  bool integer_interface = false;        // inputs and outputs as integers; otherwise real, converted inside
  std::vector<std::string> wide{};       // patterns of value names that get 16-bit activations ("*" stands for any text)
  bool equalize = true;                  // even out the channels of activations, the factors going into the next weights
  WeightRounding weight_rounding = WeightRounding::fitted;
  bool correct_bias = true;              // by the mean error that a layer's rounding leaves on the samples
};

}  // namespace mote
