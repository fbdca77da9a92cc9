#include "passes/quantize/calibrate/sixteen_bits.hpp"

#include <algorithm>

#include "passes/quantize/float_islands.hpp"
#include "passes/quantize/quantize.hpp"

namespace mote {
namespace {

constexpr double least_share = 1.0 / 16.0;
constexpr double least_gain = 0.5;
constexpr std::int64_t most_samples = 16;

// Nothing: the network has no integer form on these grids.
std::optional<std::size_t> count_of_islands(const MarkedRun& run, const MarkedRun::Grids& grids) {
  const Target target{};  // no pass before the plan looks at it
  const auto integers = realize_integers(run.with_grids(grids), {.target = target});
  if (!integers) return std::nullopt;
  return float_islands(*integers).size();
}

class Widening {
 public:
  Widening(const MarkedRun& run, const Trials& trials, const MarkedRun::Grids& grids, const MarkedRun::Grids& wide)
      : run_(run), trials_(trials), grids_(grids), wide_(wide) {
    for (std::size_t group = 0; group < wide.size(); ++group)
      if (wide[group]) candidates_.push_back(group);
    std::ranges::sort(candidates_, {}, [&](std::size_t group) { return run.first_mark(group); });
  }

  std::vector<WidenedGroup> run() && {
    const double before = mean_error(run_, trials_, grids_);
    if (before <= tolerable_error || candidates_.empty()) return {};
    choose(before);
    if (widened_.empty() || mean_error(run_, trials_, grids_) > least_gain * before) return {};
    return std::move(widened_);
  }

 private:
  void choose(double before) {
    const std::vector<double> errors = errors_alone(run_, trials_, trials_.size(), grids_, candidates_);
    std::vector<WidenedGroup> worst;
    for (std::size_t i = 0; i < candidates_.size(); ++i)
      if (errors[i] >= least_share * before) worst.push_back({.group = candidates_[i], .error = errors[i]});
    std::ranges::stable_sort(worst, std::ranges::greater{}, &WidenedGroup::error);
    const auto islands = count_of_islands(run_, grids_);
    double left = before;
    for (const WidenedGroup& one : worst) {
      if (left <= tolerable_error) break;
      const std::optional<Grid> narrow = std::exchange(grids_[one.group], wide_[one.group]);
      if (const auto now = count_of_islands(run_, grids_); !now || (islands && *now > *islands)) {
        grids_[one.group] = narrow;
        continue;
      }
      left -= one.error;
      widened_.push_back(one);
    }
  }

  const MarkedRun& run_;
  const Trials& trials_;
  MarkedRun::Grids grids_;
  const MarkedRun::Grids& wide_;
  std::vector<std::size_t> candidates_{};
  std::vector<WidenedGroup> widened_{};
};

}  // namespace

Result<std::vector<WidenedGroup>> widen_where_needed(const MarkedRun& run, const CalibrationSamples& samples,
                                                     const MarkedRun::Grids& grids, const MarkedRun::Grids& wide,
                                                     double budget) {
  const auto affordable = static_cast<std::int64_t>(budget / (2.0 * run.work()));
  const std::int64_t wanted = std::clamp<std::int64_t>(affordable, 2, most_samples);
  MOTE_TRY(const Trials trials, load_trials(run, samples, spread_rows(samples.count, wanted)));
  return Widening(run, trials, grids, wide).run();
}

}  // namespace mote
