#include "passes/fit/part_errors.hpp"

#include <algorithm>

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

// Weights of layers, those together that change together: what goes by one name, or is stored once.
class WeightGroups {
 public:
  // It may be what joins several that were apart: together they stay in the place of the first.
  void add(ValueId weights, const std::string& name, double error) {
    Group merged;
    std::vector<Group> groups;
    std::size_t place = groups_.size();
    for (Group& group : groups_) {
      if (!has(group.weights, weights) && !has(group.part.names, name)) {
        groups.push_back(std::move(group));
        continue;
      }
      place = std::min(place, groups.size());
      join(merged, group);
    }
    join(merged, {.weights = {weights}, .part = {.names = {name}, .error = error}});
    groups.insert(groups.begin() + static_cast<std::ptrdiff_t>(std::min(place, groups.size())), std::move(merged));
    groups_ = std::move(groups);
  }

  [[nodiscard]] std::vector<PartError> take() && {
    std::vector<PartError> parts;
    for (Group& group : groups_) parts.push_back(std::move(group.part));
    return parts;
  }

 private:
  struct Group {
    std::vector<ValueId> weights{};
    PartError part{};
  };

  template <class T>
  static bool has(const std::vector<T>& all, const T& one) {
    return std::ranges::find(all, one) != all.end();
  }
  template <class T>
  static void add_missing(std::vector<T>& all, const std::vector<T>& more) {
    for (const T& one : more)
      if (!has(all, one)) all.push_back(one);
  }
  static void join(Group& group, const Group& other) {
    add_missing(group.weights, other.weights);
    add_missing(group.part.names, other.part.names);
    group.part.error += other.part.error;
  }

  std::vector<Group> groups_{};
};

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
  WeightGroups groups;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    const QuantizedPart& part = run.parts()[i];
    if (part.kind == QuantizedPart::Kind::activation)
      result.activations.push_back({.names = {part.name}, .error = alone[i]});
    else
      groups.add(part.value, name_of_weights(run.graph(), part), alone[i]);
  }
  result.weights = std::move(groups).take();
  return result;
}

}  // namespace mote
