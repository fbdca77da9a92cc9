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

Answers answers_of(const SelectiveRun& run, std::span<const Tensor> inputs) {
  const SelectiveRun::Values real = run.run(inputs, false);
  Answers answers{.exact = outputs_of(run.graph(), real), .rounded = outputs_of(run.graph(), run.run(inputs, true))};
  for (std::size_t part = 0; part < run.parts().size(); ++part)
    answers.alone.push_back(run.outputs_with_toggled(real, false, part));
  return answers;
}

// The layer's, which stays whatever passes make of its weights, unless it has none of its own ("#12").
std::string name_of_weights(const Graph& graph, const QuantizedPart& part) {
  const std::string& layer = graph.nodes[part.node].origin.node;
  return layer.empty() || layer.front() == '#' ? part.name : layer;
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
  const std::vector<std::int64_t> rows = spread_rows(samples.count, most_samples);
  std::vector<Answers> answers(rows.size());
  MOTE_TRY_STATUS(try_for_each_in_parallel(rows.size(), [&](std::size_t, std::size_t i) -> Status {
    MOTE_TRY(const std::vector<Tensor> inputs, samples.sample(rows[i]));
    answers[i] = answers_of(run, inputs);
    return Ok{};
  }));
  std::vector<OutputError::Outputs> exact;
  for (Answers& answer : answers) exact.push_back(std::move(answer.exact));
  const OutputError error(compared, std::move(exact));
  PartErrors result;
  std::vector<double> alone(run.parts().size(), 0.0);
  const double share = 1.0 / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
  for (std::size_t sample = 0; sample < answers.size(); ++sample) {
    result.all += share * error.of(sample, answers[sample].rounded);
    for (std::size_t i = 0; i < alone.size(); ++i) alone[i] += share * error.of(sample, answers[sample].alone[i]);
  }
  std::vector<ValueId> weights;  // those of result.weights
  for (std::size_t i = 0; i < alone.size(); ++i) {
    const QuantizedPart& part = run.parts()[i];
    if (part.kind == QuantizedPart::Kind::activation) {
      result.activations.push_back({.name = part.name, .error = alone[i]});
      continue;
    }
    const std::string name = name_of_weights(run.graph(), part);
    std::size_t at = 0;  // what goes by one name, or is stored once, changes together
    while (at < weights.size() && weights[at] != part.value && result.weights[at].name != name) ++at;
    if (at == weights.size()) {
      weights.push_back(part.value);
      result.weights.push_back({.name = name, .error = 0.0});
    }
    result.weights[at].error += alone[i];
  }
  return result;
}

}  // namespace mote
