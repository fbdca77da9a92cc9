#include "passes/quantize/calibrate/decide_grids.hpp"

#include <algorithm>

#include "lib/support/log.hpp"
#include "lib/support/text.hpp"
#include "passes/quantize/calibrate/range_search.hpp"
#include "passes/quantize/calibrate/sixteen_bits.hpp"

namespace mote {
namespace {

std::string short_text(double value) { return number_text(static_cast<float>(value)); }

std::string told(const RangeSearchResult& found) {
  std::string text = "ranges of " + std::to_string(found.searched) + " of " + std::to_string(found.choice.size()) +
                     " activations compared on " + std::to_string(found.samples) + " samples: ";
  if (!found.is_rejected && std::ranges::count(found.choice, 0U) == std::ssize(found.choice)) return text + "all keep mse";
  return text + (found.is_rejected ? "rejected" : "accepted") + ", error of the outputs " +
         short_text(found.before.searched) + " -> " + short_text(found.after.searched) + ", on " +
         std::to_string(found.held_out) + " others " + short_text(found.before.held_out) + " -> " +
         short_text(found.after.held_out);
}

class Decider {
 public:
  Decider(const MarkedRun& run, const std::vector<ActivationGroup>& groups, const Observation& seen,
          const QuantizeOptions& options)
      : run_(run), groups_(groups), seen_(seen), options_(options) {
    for (const ActivationGroup& group : groups) {
      const bool is_state = group.state != StateRole::none;
      decisions_.push_back(
          {.method = group.is_interface || is_state ? RangeMethod::minmax : options.range.value_or(RangeMethod::mse),
           .bits = group.asked_wide || is_state ? 16 : 8,
           .error_of_8_bits = {}});
    }
  }

  Result<std::vector<GridDecision>> run() && {
    const double budget = search_budget(run_, options_.samples.count);
    if (!options_.range) MOTE_TRY_STATUS(search(budget));
    MOTE_TRY_STATUS(widen(budget));
    return std::move(decisions_);
  }

 private:
  [[nodiscard]] Grid grid(std::size_t group, const GridDecision& decision) const {
    return grid_of(groups_[group], decision, seen_.at(groups_[group].id));
  }

  Status search(double budget) {
    std::vector<RangeCandidates> candidates;
    for (std::size_t i = 0; i < groups_.size(); ++i)
      candidates.push_back(range_candidates(groups_[i], seen_.at(groups_[i].id), decisions_[i].bits));
    MOTE_TRY(const RangeSearchResult found, search_ranges(run_, options_.samples, candidates, budget));
    for (std::size_t i = 0; i < groups_.size(); ++i)
      if (groups_[i].has_free_range()) decisions_[i].method = candidates[i][found.choice[i]].method;
    log_detail(told(found));
    return Ok{};
  }

  Status widen(double budget) {
    MarkedRun::Grids grids = run_.no_grids(), wide = run_.no_grids();
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      grids[i] = grid(i, decisions_[i]);
      const bool may_be_wide = decisions_[i].bits == 8 && !groups_[i].asked_narrow && !groups_[i].is_probability;
      if (may_be_wide) wide[i] = grid(i, wide_decision);
    }
    MOTE_TRY(const std::vector<WidenedGroup> widened, widen_where_needed(run_, options_.samples, grids, wide, budget));
    for (const WidenedGroup& one : widened) {
      decisions_[one.group] = wide_decision;
      decisions_[one.group].error_of_8_bits = one.error;
    }
    return Ok{};
  }

  // 16 bits have room for every value seen.
  static constexpr GridDecision wide_decision{.method = RangeMethod::minmax, .bits = 16, .error_of_8_bits = {}};

  const MarkedRun& run_;
  const std::vector<ActivationGroup>& groups_;
  const Observation& seen_;
  const QuantizeOptions& options_;
  std::vector<GridDecision> decisions_{};
};

}  // namespace

Result<std::vector<GridDecision>> decide_grids(const Graph& marked, const Marking& marking,
                                               const std::vector<ActivationGroup>& groups, const Observation& seen,
                                               const QuantizeOptions& options) {
  if (groups.empty()) return std::vector<GridDecision>{};
  const MarkedRun run(marked, marking, groups);
  return Decider(run, groups, seen, options).run();
}

}  // namespace mote
