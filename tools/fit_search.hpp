#pragma once
#include <compare>
#include <functional>

#include "lib/import/onnx_import.hpp"
#include "passes/fit/footprint.hpp"
#include "tools/eval_gates.hpp"
#include "tools/distilling.hpp"
#include "tools/evaluation.hpp"

namespace mote {

// What is to be fitted, into what, and how its answers are judged.
struct FitRequest {
  const ImportedModel& model;
  std::string model_path{};
  Target target{};
  FitLimits limits{};
  QuantizeOptions quantize{};       // precisions are chosen by the search
  bool integer_only = false;        // refuse what would run in floating point
  CalibrationSamples shrinking{};   // what channels are pruned by, each changed a little beside as it is
  std::optional<TrainingSamples> lessons{};  // set: smaller networks learn on them from the model itself
  TrainingOptions training{};
  const DataSet& judged;
  EvaluationOptions evaluation{};
  std::vector<Gate> gates{};
  std::function<void(const std::string& line)> progress{};
};

// One network that was tried in earnest: quantized, planned and run on all samples that judge.
struct FittedNetwork {
  std::string what{};   // "the model", "62 % of the multiply-accumulates; 16 bits: a, b"
  std::string bytes{};  // of the changed model, as ONNX; empty: the model itself
  Precisions precisions{};
  bool has_levels = false;  // the changed model comes with its precisions, which need not be asked for
  bool integer_interface = false;
  std::int64_t macs = 0;
  Plan plan{};
  Footprint footprint{};
  bool fits = false;
  std::vector<CandidateResult> results{};  // the float model, this one
  Diagnostics failed_gates{};

  // Levels make a model integer by themselves, but for its inputs and outputs.
  [[nodiscard]] bool needs_quantization() const { return !has_levels || integer_interface; }
  [[nodiscard]] bool is_solution() const { return fits && failed_gates.empty(); }
};

// How well a network answers, the greater the better: against the labels, if there are any, then by how close its outputs
// are to those of the float model, which tells networks apart by fewer samples than the share of equal answers.
struct Quality {
  double by_labels = 0.0;  // the first metric, negated where less is better
  double closeness = 0.0;  // root mean square of the differences, negated
  auto operator<=>(const Quality&) const = default;
};
[[nodiscard]] Quality quality_of(const FittedNetwork& network);

// What says of limits that a footprint breaks which one it is: RAM, else flash, else cycles, which are no property of the
// part but a wish, as gates are.
[[nodiscard]] Code first_broken(const FitLimits& limits, const Footprint& footprint);

// In the order in which they were tried, the model itself first.
struct FitOutcome {
  std::vector<FittedNetwork> networks{};
  Optimize optimize = Optimize::automatic;  // of all of them; size where trees take too much flash otherwise
  std::optional<std::size_t> solution{};  // the best of those that keep every limit and gate
  Diagnostics problems{};                 // without a solution: which limit to move, and by how much
};

// A deterministic search: the model is made smaller in rounds until it fits (passes/fit/shrink.hpp); what fits gets the
// precisions with the least error (passes/fit/choose_precisions.hpp) and is measured; the best of that learns from the
// model, if there are lessons, in real numbers and, where weights have 4 bits, with these, and is measured again behind
// either. Where the limits cannot be kept, or gates are not met by what keeps them, the networks on the way say how
// much more it takes. Ctrl-C while a network learns ends the search with the best epoch so far, which is said of that
// network.
[[nodiscard]] Result<FitOutcome> search_fit(const FitRequest& request);

}  // namespace mote
