#include "passes/quantize/calibrate/trials.hpp"

#include <algorithm>
#include <numeric>

#include "lib/support/parallel.hpp"

namespace mote {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(std::max<std::size_t>(values.size(), 1));
}

}  // namespace

Result<Trials> load_trials(const MarkedRun& run, const CalibrationSamples& samples, std::span<const std::int64_t> rows) {
  Trials trials{.inputs = std::vector<std::vector<Tensor>>(rows.size()), .error = {}};
  std::vector<OutputError::Outputs> exact(rows.size());
  Status done = try_for_each_in_parallel(rows.size(), [&](std::size_t, std::size_t i) -> Status {
    MOTE_TRY(trials.inputs[i], samples.sample(rows[i]));
    exact[i] = run.finish(run.start(trials.inputs[i]), run.no_grids());
    return Ok{};
  });
  if (!done) return std::move(done.errors());
  trials.error = OutputError(run.compared(), std::move(exact));
  return trials;
}

std::vector<std::int64_t> spread_rows(std::int64_t count, std::int64_t wanted) {
  std::vector<std::int64_t> rows;
  const std::int64_t taken = std::min(count, wanted);
  for (std::int64_t i = 0; i < taken; ++i) rows.push_back(i * count / taken);
  return rows;
}

std::vector<double> errors_by_trial(const MarkedRun& run, const Trials& trials, const MarkedRun::Grids& grids) {
  std::vector<double> errors(trials.size());
  for_each_in_parallel(trials.size(), [&](std::size_t i) {
    errors[i] = trials.error.of(i, run.finish(run.start(trials.inputs[i]), grids));
  });
  return errors;
}

double mean_error(const MarkedRun& run, const Trials& trials, const MarkedRun::Grids& grids) {
  return mean_of(errors_by_trial(run, trials, grids));
}

std::vector<double> errors_alone(const MarkedRun& run, const Trials& trials, std::size_t samples,
                                 const MarkedRun::Grids& grids, std::span<const std::size_t> groups) {
  samples = std::min(samples, trials.size());
  std::vector<std::vector<double>> errors(groups.size(), std::vector<double>(samples));  // by group, sample
  for_each_in_parallel(samples, [&](std::size_t sample) {
    MarkedRun::Grids alone = run.no_grids();
    MarkedRun::Position position = run.start(trials.inputs[sample]);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      run.advance(position, run.first_mark(groups[i]), alone);
      alone[groups[i]] = grids[groups[i]];
      errors[i][sample] = trials.error.of(sample, run.finish(position, alone));
      alone[groups[i]].reset();
    }
  });
  std::vector<double> means;
  for (const std::vector<double>& of_group : errors) means.push_back(mean_of(of_group));
  return means;
}

}  // namespace mote
