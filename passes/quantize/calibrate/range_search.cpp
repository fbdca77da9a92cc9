#include "passes/quantize/calibrate/range_search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/support/parallel.hpp"

namespace mote {
namespace {

constexpr double least_budget = 4e9;
constexpr double alike = 0.03;            // of the extent: ranges that hardly differ
constexpr double least_share = 0.01;      // of the error of all groups: what is not worth a search
constexpr std::int64_t most_samples = 64, enough_samples = 32, few_samples = 4;
constexpr std::int64_t memory_bytes = std::int64_t{64} << 20;  // for the samples' positions
constexpr std::int64_t least_with_held_out = 9;

bool are_alike(const Grid& a, const Grid& b) {
  const double extent = std::max(a.high() - a.low(), b.high() - b.low());
  return std::abs(a.low() - b.low()) <= alike * extent && std::abs(a.high() - b.high()) <= alike * extent;
}

// A third of the rows takes no part in the search.
struct Rows {
  std::vector<std::int64_t> searched{}, held_out{};
};

Rows split_rows(std::int64_t count, std::int64_t most) {
  Rows rows;
  const bool is_split = count >= least_with_held_out;
  const std::vector<std::int64_t> all = spread_rows(count, is_split ? most + most / 2 : most);
  for (std::size_t i = 0; i < all.size(); ++i)
    (is_split && i % 3 == 2 ? rows.held_out : rows.searched).push_back(all[i]);
  return rows;
}

std::vector<std::int64_t> thinned(const std::vector<std::int64_t>& rows, std::int64_t wanted) {
  std::vector<std::int64_t> taken;
  for (const std::int64_t i : spread_rows(std::ssize(rows), wanted)) taken.push_back(rows[static_cast<std::size_t>(i)]);
  return taken;
}

// Errors of one group's candidates, by candidate and sample.
using ErrorTable = std::vector<std::vector<double>>;

// The candidate with the largest mean gain over the first, paired by sample, that exceeds its own standard error; the
// first if there is none.
std::size_t best_candidate(const ErrorTable& errors) {
  const auto samples = static_cast<double>(errors[0].size());
  std::size_t best = 0;
  double largest = 0.0;
  for (std::size_t candidate = 1; candidate < errors.size(); ++candidate) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < errors[0].size(); ++i) {
      const double gain = errors[0][i] - errors[candidate][i];
      sum += gain;
      squares += gain * gain;
    }
    const double mean = sum / samples;
    const double variance = std::max(squares / samples - mean * mean, 0.0) / std::max(samples - 1.0, 1.0);
    if (mean <= largest || mean < std::sqrt(variance)) continue;
    largest = mean;
    best = candidate;
  }
  return best;
}

class RangeSearch {
 public:
  RangeSearch(const MarkedRun& run, const std::vector<RangeCandidates>& candidates)
      : run_(run), candidates_(candidates), grids_(run.no_grids()) {
    result_.choice.assign(candidates.size(), 0);
    for (std::size_t group = 0; group < candidates.size(); ++group) {
      grids_[group] = candidates[group][0].grid;
      if (candidates[group].size() > 1) open_.push_back(group);
    }
  }

  Result<RangeSearchResult> run(const CalibrationSamples& samples, double budget) && {
    const std::int64_t most = std::clamp<std::int64_t>(memory_bytes / (2 * std::max<std::int64_t>(run_.position_bytes(), 1)), 2,
                                                       most_samples);
    const Rows rows = split_rows(samples.count, most);
    MOTE_TRY(const double spent, rank(samples, rows.searched, budget / 4.0));
    const std::int64_t taken = fit_to(budget - spent, std::ssize(rows.searched));
    if (open_.empty()) return std::move(result_);
    MOTE_TRY(const Trials trials, load_trials(run_, samples, thinned(rows.searched, taken)));
    search(trials);
    MOTE_TRY_STATUS(validate(trials, samples, thinned(rows.held_out, std::max(taken / 2, few_samples))));
    return std::move(result_);
  }

 private:
  [[nodiscard]] double candidate_work(std::size_t group) const {
    return static_cast<double>(candidates_[group].size()) * run_.work_from(run_.first_mark(group));
  }

  // Orders the groups by the error they cause alone and drops those that cause next to none; all of them, if even that
  // is beyond the budget. Returns what it has spent.
  Result<double> rank(const CalibrationSamples& samples, const std::vector<std::int64_t>& rows, double budget) {
    double per_sample = 2.0 * run_.work();
    for (const std::size_t group : open_) per_sample += run_.work_from(run_.first_mark(group));
    const auto taken = std::min({static_cast<std::int64_t>(budget / per_sample), few_samples, std::ssize(rows)});
    if (taken < 1) {
      open_.clear();
      return 0.0;
    }
    MOTE_TRY(const Trials trials, load_trials(run_, samples, thinned(rows, taken)));
    std::ranges::sort(open_, {}, [&](std::size_t group) { return run_.first_mark(group); });
    const std::vector<double> errors = errors_alone(run_, trials, trials.size(), grids_, open_);
    const double sum = std::accumulate(errors.begin(), errors.end(), 0.0);
    std::vector<double> of_group(candidates_.size(), 0.0);
    for (std::size_t i = 0; i < open_.size(); ++i) of_group[open_[i]] = errors[i];
    std::erase_if(open_, [&](std::size_t group) { return of_group[group] < least_share * sum; });
    std::ranges::stable_sort(open_, std::ranges::greater{}, [&](std::size_t group) { return of_group[group]; });
    return per_sample * static_cast<double>(taken);
  }

  // Keeps the first groups, as many as the budget compares on enough samples, and says on how many it does.
  std::int64_t fit_to(double budget, std::int64_t available) {
    const auto wanted = static_cast<double>(std::min(enough_samples, available));
    double per_sample = 3.0 * run_.work();  // validation, with half as many samples held out
    std::size_t kept = 0;
    for (; kept < open_.size(); ++kept) {
      const double more = per_sample + candidate_work(open_[kept]);
      if (more * wanted > budget) break;
      per_sample = more;
    }
    open_.resize(kept);
    return std::min(static_cast<std::int64_t>(budget / per_sample), available);
  }

  void search(const Trials& trials) {
    std::ranges::sort(open_, {}, [&](std::size_t group) { return run_.first_mark(group); });
    std::vector<ErrorTable> errors;  // by open group
    for (const std::size_t group : open_)
      errors.emplace_back(candidates_[group].size(), std::vector<double>(trials.size()));
    for_each_in_parallel(trials.size(), [&](std::size_t sample) {
      MarkedRun::Grids alone = run_.no_grids();
      MarkedRun::Position position = run_.start(trials.inputs[sample]);
      for (std::size_t i = 0; i < open_.size(); ++i) {
        std::optional<Grid>& grid = alone[open_[i]];
        run_.advance(position, run_.first_mark(open_[i]), run_.no_grids());
        for (std::size_t candidate = 0; candidate < errors[i].size(); ++candidate) {
          grid = candidates_[open_[i]][candidate].grid;
          errors[i][candidate][sample] = trials.error.of(sample, run_.finish(position, alone));
        }
        grid.reset();
      }
    });
    result_.searched = open_.size();
    result_.samples = trials.size();
    for (std::size_t i = 0; i < open_.size(); ++i) choose(open_[i], best_candidate(errors[i]));
  }

  void choose(std::size_t group, std::size_t candidate) {
    result_.choice[group] = candidate;
    grids_[group] = candidates_[group][candidate].grid;
  }

  [[nodiscard]] bool keeps_all_first() const {
    return std::ranges::all_of(result_.choice, [](std::size_t choice) { return choice == 0; });
  }

  // All choices together, on the samples that they were made on and on others.
  Status validate(const Trials& trials, const CalibrationSamples& samples, const std::vector<std::int64_t>& held_out) {
    if (keeps_all_first()) return Ok{};
    MarkedRun::Grids first = grids_;
    for (std::size_t group = 0; group < candidates_.size(); ++group) first[group] = candidates_[group][0].grid;
    MOTE_TRY(const Trials others, load_trials(run_, samples, held_out));
    result_.before = {.searched = mean_error(run_, trials, first), .held_out = mean_error(run_, others, first)};
    result_.after = {.searched = mean_error(run_, trials, grids_), .held_out = mean_error(run_, others, grids_)};
    result_.held_out = held_out.size();
    if (result_.after.searched <= result_.before.searched && result_.after.held_out <= result_.before.held_out) return Ok{};
    result_.is_rejected = true;
    result_.choice.assign(result_.choice.size(), 0);
    return Ok{};
  }

  const MarkedRun& run_;
  const std::vector<RangeCandidates>& candidates_;
  MarkedRun::Grids grids_;
  std::vector<std::size_t> open_{};  // groups that are still to be searched
  RangeSearchResult result_{};
};

}  // namespace

double search_budget(const MarkedRun& run, std::int64_t samples) {
  return std::max(least_budget, 0.5 * run.work() * static_cast<double>(samples));
}

RangeCandidates range_candidates(const ActivationGroup& group, const Histogram& seen, int bits) {
  RangeCandidates candidates;
  const auto add = [&](RangeMethod method) {
    const RangeCandidate next{.method = method, .grid = grid_of(group, {.method = method, .bits = bits}, seen)};
    const bool is_known =
        std::ranges::any_of(candidates, [&](const RangeCandidate& one) { return are_alike(one.grid, next.grid); });
    if (!is_known) candidates.push_back(next);
  };
  add(RangeMethod::mse);
  if (bits == 8 && group.has_free_range())
    for (const RangeMethod method : all_range_methods()) add(method);
  return candidates;
}

Result<RangeSearchResult> search_ranges(const MarkedRun& run, const CalibrationSamples& samples,
                                        const std::vector<RangeCandidates>& candidates, double budget) {
  return RangeSearch(run, candidates).run(samples, budget);
}

}  // namespace mote
