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

struct QuantizeOptions {
  CalibrationSamples samples{};
  RangeMethod range = RangeMethod::mse;  // of every activation but inputs and outputs, which keep all values seen
  bool integer_interface = false;        // inputs and outputs as integers; otherwise real, converted inside
  std::vector<std::string> wide{};       // patterns of value names that get 16-bit activations ("*" stands for any text)
};

}  // namespace mote
