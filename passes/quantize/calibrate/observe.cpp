#include "passes/quantize/calibrate/observe.hpp"

#include "lib/exec/interpreter.hpp"
#include "lib/support/parallel.hpp"

namespace mote {
namespace {

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
  std::vector<Observation> shares(working_threads);
  const auto observe = [&](std::size_t thread, std::size_t index) -> Status {
    MOTE_TRY(const std::vector<Tensor> inputs, samples.sample(static_cast<std::int64_t>(index)));
    MOTE_TRY_STATUS(interpret(graph, inputs, Precision::single, [&](ValueId id, const Tensor& tensor) {
      if (marking.is_marked(id)) shares[thread][marking.group[*id]].add(tensor.as<float>());
    }));
    return Ok{};
  };
  Status done = try_for_each_in_parallel(static_cast<std::size_t>(samples.count), observe);
  if (!done) return std::move(done.errors());
  Observation seen;
  for (const Observation& share : shares)
    for (const auto& [group, histogram] : share) seen[group].add(histogram);
  MOTE_TRY_STATUS(check_finite(graph, marking, seen));
  return seen;
}

}  // namespace mote
