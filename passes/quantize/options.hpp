#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/quant/range.hpp"
#include "lib/support/result.hpp"

namespace mote {

// Unlabelled inputs of the model, one list of tensors per sample; any may be asked for again. Safe to call from
// several threads.
struct CalibrationSamples {
  std::int64_t count = 0;
  std::function<Result<std::vector<Tensor>>(std::int64_t index)> sample{};
  std::string sha256{};  // of the samples as the model sees them; recorded, never computed with
};

// What calibrating has found, kept between runs: texts by key, where a key names everything the text depends on. A cache
// may lose or damage what it is given; it is never trusted.
struct CalibrationCache {
  std::function<std::optional<std::string>(const std::string& key)> load{};  // nothing: not there, or unreadable
  std::function<void(const std::string& key, const std::string& text)> store{};
  std::string version{};  // of the program that writes and reads; part of every key
};

// What was decided on the way, for those who have to tell. Every pass writes what is its own anew and leaves the rest.
struct QuantizationReport {
  std::set<std::string> evened{};               // equalize: the values whose channels it made even
  Diagnostics notes{};                          // calibrate
  std::map<std::string, std::string> ranges{};  // calibrate, by value: how its range was found; "kl", "minmax, 16 bits"
  std::map<std::string, std::string> weights{}; // fit-weights, by their name: "fitted", "nearest, bias corrected"
};

// How weights are rounded to their levels: each to its nearest, or so that the outputs of the layer come out right.
enum class WeightRounding : std::uint8_t { nearest, fitted };

struct QuantizeOptions {
  CalibrationSamples samples{};
  // Of every activation but inputs and outputs, which keep all values seen; nothing: chosen for each by the error that
  // it causes at the network's outputs.
  std::optional<RangeMethod> range{};
  bool integer_interface = false;   // inputs and outputs as integers; otherwise real, converted inside
  // Patterns of values or of the model's nodes that give them ("*" stands for any text): their activations get 16 bits,
  // or keep 8 whatever that costs. The others get 16 where 8 are not enough.
  std::vector<std::string> wide{}, narrow{};
  // Of the weights of convolutions and dense layers: 8, or 4 wherever the outputs bear it (fit/weight_bits.hpp). Patterns
  // of weights or of the model's nodes that read them decide for these beforehand.
  int weight_bits = 8;
  bool weights_only = false;  // activations stay real; samples, if any, are what weights are fitted to
  std::vector<std::string> weights_of_4_bits{}, weights_of_8_bits{};
  bool equalize = true;  // even out the channels of activations, the factors going into the next weights
  WeightRounding weight_rounding = WeightRounding::fitted;
  bool correct_bias = true;  // by the mean error that a layer's rounding leaves on the samples
  CalibrationCache cache{};                       // without functions: none
  std::shared_ptr<QuantizationReport> report{};   // filled by the passes, if there
};

}  // namespace mote
