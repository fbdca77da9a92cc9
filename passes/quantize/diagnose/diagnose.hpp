#pragma once
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "passes/quantize/diagnose/selective_run.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

// What rounding one part of a network does to it. Ratios of signal to noise in dB, over all samples and against the
// network in real numbers; nothing: no noise at all.
struct PartDiagnosis {
  QuantizedPart part{};
  std::string layer{};                    // the model's node that gives the activation or has the weights
  std::optional<double> own{};             // of the activation or the weights themselves, all parts rounded
  std::optional<double> output_alone{};    // of the network's output with only this part rounded
  std::optional<double> output_without{};  // with all parts but this one rounded
  double low = 0.0, high = 0.0;  // values seen, in real numbers
  double typical = 0.0;          // 90 % of the magnitudes lie below
  double saturated = 0.0;        // share of the values beyond the grid
  std::int64_t widest_sample = 0;  // which one reaches farthest from 0,
  double second_reach = 0.0;       // and how far any other goes
  std::int64_t channels = 0, dead_channels = 0;  // dead: 0 in every sample, or without weights
  std::string hint{};                     // what would help; empty where nothing is to be won
};

struct Diagnosis {
  std::int64_t samples = 0;
  std::optional<double> output{};       // everything rounded
  std::vector<PartDiagnosis> parts{};   // the one that costs the output most first
};

struct DiagnoseOptions {
  std::int64_t samples = 32;  // at most, spread evenly over the calibration set
  std::function<void(std::int64_t done, std::int64_t all)> progress{};  // called from one thread at a time
};

// `real`: as calibrate leaves it, with a FakeQuantize behind every quantized activation; `fitted`: as fit-weights leaves
// that. Errors: those of a sample; Code::bad_data without samples.
[[nodiscard]] Result<Diagnosis> diagnose(const Graph& real, const Graph& fitted, const CalibrationSamples& samples,
                                         const DiagnoseOptions& options = {});

// What would help a part, from its numbers; `all_samples`: how many there were to calibrate on.
[[nodiscard]] std::string hint_for(const PartDiagnosis& part, std::int64_t all_samples);

}  // namespace mote
