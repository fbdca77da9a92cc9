#include "passes/quantize/diagnose/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "lib/quant/histogram.hpp"
#include "lib/quant/noise.hpp"
#include "lib/support/parallel.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// Sums over samples for one part; shares of two threads add up.
struct Tally {
  SignalToNoise own{}, alone{}, without{};
  Histogram seen{}, magnitudes{};
  std::int64_t beyond = 0;
  double reach = 0.0, second_reach = 0.0;
  std::int64_t widest_sample = 0;
  std::vector<bool> is_alive{};  // by channel

  void add_reach(double of_sample, std::int64_t sample) {
    if (of_sample <= reach) {
      second_reach = std::max(second_reach, of_sample);
      return;
    }
    second_reach = reach;
    reach = of_sample;
    widest_sample = sample;
  }

  void add(const Tally& other) {
    own.add(other.own);
    alone.add(other.alone);
    without.add(other.without);
    seen.add(other.seen);
    magnitudes.add(other.magnitudes);
    beyond += other.beyond;
    const double second = std::max({second_reach, other.second_reach, std::min(reach, other.reach)});
    if (other.reach > reach) {
      reach = other.reach;
      widest_sample = other.widest_sample;
    }
    second_reach = second;
    is_alive.resize(std::max(is_alive.size(), other.is_alive.size()), false);
    for (std::size_t i = 0; i < other.is_alive.size(); ++i) is_alive[i] = is_alive[i] || other.is_alive[i];
  }
};

struct Tallies {
  SignalToNoise output{};
  std::vector<Tally> parts{};
};

void compare_outputs(const Graph& graph, const SelectiveRun::Values& exact, const std::vector<Tensor>& disturbed,
                     SignalToNoise& noise) {
  for (std::size_t i = 0; i < graph.outputs.size(); ++i)
    if (disturbed[i].dtype == DType::f32)
      noise.add(exact[*graph.outputs[i]].as<float>(), disturbed[i].as<float>());
}

void tally_values(const QuantizedPart& part, const Tensor& values, std::int64_t sample, Tally& tally) {
  const auto elements = values.as<float>();
  const double margin = 0.5 * static_cast<double>(part.grid.scale);
  const std::size_t rank = values.shape.rank();
  tally.is_alive.resize(rank == 0 ? 1 : static_cast<std::size_t>(values.shape[rank - 1]), false);
  std::vector<float> magnitudes(elements.begin(), elements.end());
  double reach = 0.0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const double value = static_cast<double>(elements[i]);
    magnitudes[i] = std::abs(elements[i]);
    reach = std::max(reach, std::abs(value));
    if (value < part.grid.low() - margin || value > part.grid.high() + margin) ++tally.beyond;
    if (value != 0.0) tally.is_alive[i % tally.is_alive.size()] = true;
  }
  tally.seen.add(elements);
  tally.magnitudes.add(magnitudes);
  tally.add_reach(reach, sample);
}

void tally_sample(const SelectiveRun& run, std::span<const Tensor> inputs, std::int64_t sample, Tallies& tallies) {
  const Graph& graph = run.graph();
  const SelectiveRun::Values real = run.run(inputs, false), rounded = run.run(inputs, true);
  std::vector<Tensor> outputs;
  for (const ValueId id : graph.outputs) outputs.push_back(rounded[*id]);
  compare_outputs(graph, real, outputs, tallies.output);
  for (std::size_t i = 0; i < run.parts().size(); ++i) {
    const QuantizedPart& part = run.parts()[i];
    Tally& tally = tallies.parts[i];
    if (part.kind == QuantizedPart::Kind::activation) {
      const ValueId result = graph.nodes[part.node].outputs[0];
      tally_values(part, real[*part.value], sample, tally);
      tally.own.add(real[*part.value].as<float>(), rounded[*result].as<float>());
    }
    compare_outputs(graph, real, run.outputs_with_toggled(real, false, i), tally.alone);
    compare_outputs(graph, real, run.outputs_with_toggled(rounded, true, i), tally.without);
  }
}

class Survey {
 public:
  Survey(const SelectiveRun& run, const CalibrationSamples& samples, const DiagnoseOptions& options)
      : run_(run), samples_(samples), options_(options), count_(std::min(options.samples, samples.count)) {}

  [[nodiscard]] std::int64_t count() const { return count_; }

  Result<Tallies> take() {
    const Tallies none{.output = {}, .parts = std::vector<Tally>(run_.parts().size())};
    std::vector<Tallies> shares(working_threads, none);
    const auto count = static_cast<std::size_t>(count_);
    Status done = try_for_each_in_parallel(count, [&](std::size_t thread, std::size_t index) -> Status {
      const std::int64_t sample = static_cast<std::int64_t>(index) * samples_.count / count_;
      MOTE_TRY(const std::vector<Tensor> inputs, samples_.sample(sample));
      tally_sample(run_, inputs, sample, shares[thread]);
      const std::scoped_lock lock(mutex_);
      if (++done_; options_.progress) options_.progress(done_, count_);
      return Ok{};
    });
    if (!done) return std::move(done.errors());
    Tallies all = none;
    for (const Tallies& share : shares) {
      all.output.add(share.output);
      for (std::size_t i = 0; i < all.parts.size(); ++i) all.parts[i].add(share.parts[i]);
    }
    return all;
  }

 private:
  const SelectiveRun& run_;
  const CalibrationSamples& samples_;
  const DiagnoseOptions& options_;
  std::int64_t count_ = 0, done_ = 0;
  std::mutex mutex_{};
};

// Channels of a product lie along the last axis, those of a recurrent layer are its rows.
void count_channels(const Tensor& weights, bool by_row, PartDiagnosis& result) {
  const auto values = weights.as<float>();
  const auto last = static_cast<std::size_t>(weights.shape[weights.shape.rank() - 1]);
  if (values.empty()) return;
  std::vector<bool> is_alive(by_row ? values.size() / last : last, false);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != 0.0F) is_alive[by_row ? i / last : i % last] = true;
  result.channels = std::ssize(is_alive);
  result.dead_channels = std::ranges::count(is_alive, false);
}

void describe_weights(const SelectiveRun& run, PartDiagnosis& result) {
  const Graph& graph = run.graph();
  const Tensor weights = graph.constant(result.part.value);
  Histogram seen;
  seen.add(weights.as<float>());
  result.low = seen.lowest();
  result.high = seen.highest();
  SignalToNoise noise;
  noise.add(weights.as<float>(), run.rounded_weights(result.part).as<float>());
  result.own = noise.decibels();
  count_channels(weights, !is_core_product(graph.nodes[result.part.node].op->name), result);
}

void describe_activation(const Tally& tally, PartDiagnosis& result) {
  result.low = tally.seen.lowest();
  result.high = tally.seen.highest();
  result.typical = tally.magnitudes.quantile(0.9);
  result.own = tally.own.decibels();
  result.saturated = static_cast<double>(tally.beyond) / static_cast<double>(std::max<std::int64_t>(tally.seen.count(), 1));
  result.widest_sample = tally.widest_sample;
  result.second_reach = tally.second_reach;
  result.channels = static_cast<std::int64_t>(tally.is_alive.size());
  result.dead_channels = std::ranges::count(tally.is_alive, false);
}

// What gives an activation: behind clamps and marks, the last node with a name of its own.
std::string layer_of(const Graph& graph, const QuantizedPart& part) {
  if (part.kind == QuantizedPart::Kind::weights) return graph.nodes[part.node].origin.node;
  for (const Node& node : graph.nodes)
    if (std::ranges::find(node.outputs, part.value) != node.outputs.end()) return node.origin.node;
  return {};
}

}  // namespace

Result<Diagnosis> diagnose(const Graph& real, const Graph& fitted, const CalibrationSamples& samples,
                           const DiagnoseOptions& options) {
  if (samples.count == 0)
    return Diagnostic{.code = Code::bad_data,
                      .message = "the calibration set is empty, expected at least one sample",
                      .help = {"give a few hundred typical inputs with --calibration samples.npy"}};
  const SelectiveRun run(real, fitted);
  Survey survey(run, samples, options);
  MOTE_TRY(const Tallies tallies, survey.take());
  Diagnosis diagnosis{.samples = survey.count(), .output = tallies.output.decibels(), .parts = {}};
  for (std::size_t i = 0; i < run.parts().size(); ++i) {
    PartDiagnosis part{.part = run.parts()[i]};
    part.layer = layer_of(real, part.part);
    part.output_alone = tallies.parts[i].alone.decibels();
    part.output_without = tallies.parts[i].without.decibels();
    if (part.part.kind == QuantizedPart::Kind::weights)
      describe_weights(run, part);
    else
      describe_activation(tallies.parts[i], part);
    part.hint = hint_for(part, samples.count);
    diagnosis.parts.push_back(std::move(part));
  }
  std::ranges::stable_sort(diagnosis.parts, {}, [](const PartDiagnosis& part) {
    return part.output_alone.value_or(std::numeric_limits<double>::infinity());
  });
  return diagnosis;
}

}  // namespace mote
