#include "passes/quantize/observe.hpp"

#include <array>
#include <thread>

#include "lib/exec/interpreter.hpp"

namespace mote {
namespace {

constexpr std::int64_t threads = 2;

// Every `threads`-th sample from `first` on.
Result<Observation> observe_share(const Graph& graph, const Marking& marking, const CalibrationSamples& samples,
                                  std::int64_t first) {
  Observation seen;
  for (std::int64_t index = first; index < samples.count; index += threads) {
    MOTE_TRY(const std::vector<Tensor> inputs, samples.sample(index));
    MOTE_TRY_STATUS(interpret(graph, inputs, Precision::single, [&](ValueId id, const Tensor& tensor) {
      if (marking.is_marked(id)) seen[marking.group[*id]].add(tensor.as<float>());
    }));
  }
  return seen;
}

Status check_finite(const Graph& graph, const Marking& marking, const Observation& seen) {
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const auto found = seen.find(marking.group[i]);
    if (!marking.marked[i] || found == seen.end() || found->second.not_finite() == 0) continue;
    return Diagnostic{.code = Code::bad_data,
                      .message = std::to_string(found->second.not_finite()) +
                                 " values are not finite when the calibration set runs through the model",
                      .where = {.file = {}, .node = {}, .op_type = {}, .value = graph.values[i].name},
                      .help = {"look for NaN or infinities in the samples, or for a preprocessing that is missing"}};
  }
  return Ok{};
}

}  // namespace

Result<Observation> observe_activations(const Graph& graph, const Marking& marking, const CalibrationSamples& samples) {
  if (samples.count == 0)
    return Diagnostic{.code = Code::bad_data,
                      .message = "the calibration set is empty, expected at least one sample",
                      .help = {"give a few hundred typical inputs with --calibration samples.npy"}};
  std::vector<Result<Observation>> shares(static_cast<std::size_t>(threads), Observation{});
  {
    std::vector<std::jthread> workers;
    for (std::int64_t first = 0; first < threads; ++first)
      workers.emplace_back([&, first] {
        shares[static_cast<std::size_t>(first)] = observe_share(graph, marking, samples, first);
      });
  }
  Observation seen;
  for (Result<Observation>& share : shares) {
    if (!share) return std::move(share.errors());
    for (const auto& [group, histogram] : *share) seen[group].add(histogram);
  }
  MOTE_TRY_STATUS(check_finite(graph, marking, seen));
  return seen;
}

}  // namespace mote
