#include "passes/quantize/calibrate/activation_noise.hpp"

#include <cmath>

#include "passes/quantize/calibrate/insert_marks.hpp"
#include "passes/quantize/calibrate/trials.hpp"

namespace mote {

Result<std::vector<double>> activation_noise(const Graph& graph, const QuantizeOptions& options,
                                             const std::vector<std::int64_t>& seen,
                                             const std::vector<std::int64_t>& judged) {
  const CalibrationSamples some{.count = std::ssize(seen), .sample = [&](std::int64_t index) {
                                  return options.samples.sample(seen[static_cast<std::size_t>(index)]);
                                }};
  const Marking marking = mark_activations(graph);
  const std::vector<ActivationGroup> groups = activation_groups(graph, marking, options);
  MOTE_TRY(const Observation observed, observe_activations(graph, marking, some));
  GridOfGroup grids;
  MarkedRun::Grids by_position;
  for (const ActivationGroup& group : groups) {
    const GridDecision decision{.method = options.range.value_or(RangeMethod::mse),
                                .bits = group.asked_wide || group.state != StateRole::none ? 16 : 8};
    grids[group.id] = grid_of(group, decision, observed.at(group.id));
    by_position.emplace_back(grids[group.id]);
  }
  const MarkedRun run(insert_marks(graph, marking, grids), marking, groups);
  MOTE_TRY(const Trials trials, load_trials(run, options.samples, judged));
  return errors_by_trial(run, trials, by_position);
}

bool is_less_on_average(const std::vector<double>& before, const std::vector<double>& after) {
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double gain = before[i] - after[i];
    sum += gain;
    squares += gain * gain;
  }
  const auto count = static_cast<double>(before.size());
  const double variance = std::max(0.0, squares / count - sum / count * (sum / count));
  return sum / count > 2.0 * std::sqrt(variance / count);
}

}  // namespace mote
