#include "passes/fit/part_errors.hpp"

#include <numeric>

#include "lib/support/parallel.hpp"
#include "passes/quantize/calibrate/output_error.hpp"
#include "passes/quantize/calibrate/trials.hpp"
#include "passes/quantize/diagnose/selective_run.hpp"

namespace mote {
namespace {

std::vector<Tensor> outputs_of(const Graph& graph, const SelectiveRun::Values& values) {
  std::vector<Tensor> outputs;
  for (const ValueId id : graph.outputs) outputs.push_back(values[*id]);
  return outputs;
}

// Outputs of one sample: exact, with everything rounded, with each part alone.
struct Answers {
  std::vector<Tensor> exact{}, rounded{};
  std::vector<std::vector<Tensor>> alone{};
};

Answers answers_of(const SelectiveRun& run, const std::vector<std::size_t>& parts, std::span<const Tensor> inputs) {
  const SelectiveRun::Values real = run.run(inputs, false);
  Answers answers{.exact = outputs_of(run.graph(), real), .rounded = outputs_of(run.graph(), run.run(inputs, true))};
  for (const std::size_t part : parts) answers.alone.push_back(run.outputs_with_toggled(real, false, part));
  return answers;
}

std::vector<std::size_t> activations_of(const SelectiveRun& run) {
  std::vector<std::size_t> parts;
  for (std::size_t i = 0; i < run.parts().size(); ++i)
    if (run.parts()[i].kind == QuantizedPart::Kind::activation) parts.push_back(i);
  return parts;
}

// What is compared lies in front of the rounding of the output itself, which loses no answer.
Graph with_outputs(Graph graph, const std::vector<ComparedOutput>& compared) {
  for (std::size_t i = 0; i < compared.size(); ++i) graph.outputs[i] = compared[i].value;
  return graph;
}

}  // namespace

Result<PartErrors> part_errors(const MarkedGraphs& graphs, const CalibrationSamples& samples, std::int64_t most_samples) {
  const std::vector<ComparedOutput> compared = compared_outputs(graphs.real);
  const SelectiveRun run(with_outputs(graphs.real, compared), with_outputs(graphs.fitted, compared));
  const std::vector<std::size_t> parts = activations_of(run);
  const std::vector<std::int64_t> rows = spread_rows(samples.count, most_samples);
  std::vector<Answers> answers(rows.size());
  MOTE_TRY_STATUS(try_for_each_in_parallel(rows.size(), [&](std::size_t, std::size_t i) -> Status {
    MOTE_TRY(const std::vector<Tensor> inputs, samples.sample(rows[i]));
    answers[i] = answers_of(run, parts, inputs);
    return Ok{};
  }));
  std::vector<OutputError::Outputs> exact;
  for (Answers& answer : answers) exact.push_back(std::move(answer.exact));
  const OutputError error(compared, std::move(exact));
  PartErrors result;
  for (const std::size_t part : parts) result.parts.push_back({.name = run.parts()[part].name});
  const double share = 1.0 / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
  for (std::size_t sample = 0; sample < answers.size(); ++sample) {
    result.all += share * error.of(sample, answers[sample].rounded);
    for (std::size_t i = 0; i < parts.size(); ++i)
      result.parts[i].error += share * error.of(sample, answers[sample].alone[i]);
  }
  return result;
}

}  // namespace mote
