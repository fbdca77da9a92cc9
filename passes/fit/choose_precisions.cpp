#include "passes/fit/choose_precisions.hpp"

#include <algorithm>

#include "passes/fit/knapsack.hpp"
#include "passes/quantize/calibrate/sixteen_bits.hpp"
#include "passes/quantize/float_islands.hpp"

namespace mote {
namespace {

constexpr double least_share = 1.0 / 16.0;
constexpr int most_attempts = 4;

// A part that may change its precision.
struct Choice {
  std::vector<std::string> names{};
  bool is_activation = false;
  std::vector<PartForm> forms{};  // as it is, changed
};

Precisions precisions_of(const std::vector<Choice>& changed) {
  Precisions precisions;
  for (const Choice& choice : changed) {
    auto& names = choice.is_activation ? precisions.wide_activations : precisions.narrow_weights;
    names.insert(names.end(), choice.names.begin(), choice.names.end());
  }
  return precisions;
}

class PrecisionSearch {
 public:
  PrecisionSearch(const Graph& graph, RoughOptions rough, QuantizeOptions options, const FitLimits& limits)
      : graph_(graph), options_(std::move(options)), limits_(limits), rough_(std::move(rough)) {
    options_.wide = {};
    options_.narrow = {"*"};
    options_.report = nullptr;
  }

  Result<Precisions> run(const WeighPrecisions& weigh) {
    MOTE_TRY(const Plan plan, plan_with({}));
    base_ = footprint_of(plan);
    islands_ = float_islands(plan.graph).size();
    MOTE_TRY_STATUS(add_activations());
    Precisions precisions;
    std::int64_t flash_bytes = limits_.flash_bytes;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      MOTE_TRY(std::optional<Precisions> chosen, chosen_within(flash_bytes));
      if (!chosen && attempt > 0) break;
      precisions = std::move(chosen).value_or(Precisions{});
      MOTE_TRY(const Footprint taken, weigh(precisions));
      if (taken.flash_bytes <= limits_.flash_bytes) break;
      flash_bytes -= taken.flash_bytes - limits_.flash_bytes;
    }
    return precisions;
  }

 private:
  [[nodiscard]] Result<Plan> plan_with(const Precisions& precisions) const {
    return rough_plan(graph_, rough_, precisions);
  }

  Result<std::optional<Precisions>> chosen_within(std::int64_t flash_bytes) {
    if (base_.flash_bytes > flash_bytes && !has_weights_) MOTE_TRY_STATUS(add_weights());
    std::vector<std::vector<PartForm>> parts;
    for (const Choice& choice : choices_) parts.push_back(choice.forms);
    const auto chosen = choose_forms(parts, {.flash_bytes = flash_bytes - base_.flash_bytes,
                                             .cycles = std::min(limits_.cycles - base_.cycles, SumLimits::none)});
    if (!chosen) return std::optional<Precisions>{};
    std::vector<Choice> changed;
    for (std::size_t i = 0; i < choices_.size(); ++i)
      if ((*chosen)[i] == 1) changed.push_back(choices_[i]);
    return repaired(std::move(changed));
  }

  // Unless with this alone a limit is broken that no other choice can mend, or more is computed in floating point.
  Status add(bool is_activation, const std::vector<std::string>& names, double before, double after) {
    Choice choice{.names = names, .is_activation = is_activation, .forms = {}};
    MOTE_TRY(const Plan plan, plan_with(precisions_of({choice})));
    const Footprint changed = footprint_of(plan);
    if (changed.ram_bytes > limits_.ram_bytes || float_islands(plan.graph).size() > islands_) return Ok{};
    choice.forms = {{.error = before},
                    {.error = after,
                     .flash_bytes = changed.flash_bytes - base_.flash_bytes,
                     .cycles = changed.cycles - base_.cycles}};
    choices_.push_back(std::move(choice));
    return Ok{};
  }

  Status add_activations() {
    MOTE_TRY(const MarkedGraphs marked, marked_graphs(graph_, options_));
    MOTE_TRY(const PartErrors errors, part_errors(marked, options_.samples));
    if (errors.all <= tolerable_error) return Ok{};
    for (const PartError& part : errors.activations)
      if (part.error >= least_share * errors.all) MOTE_TRY_STATUS(add(true, part.names, part.error, 0.0));
    return Ok{};
  }

  // Errors with the levels that 4 bits get in the end; those of 8 bits are next to nothing beside them.
  Status add_weights() {
    has_weights_ = true;
    QuantizeOptions four = options_;
    four.weights_of_4_bits = {"*"};
    MOTE_TRY(const MarkedGraphs marked, marked_graphs(graph_, four));
    MOTE_TRY(const PartErrors errors, part_errors(marked, options_.samples));
    for (const PartError& part : errors.weights) MOTE_TRY_STATUS(add(false, part.names, 0.0, part.error));
    return Ok{};
  }

  // Of 16 bits those that help least are undone first.
  Result<std::optional<Precisions>> repaired(std::vector<Choice> changed) const {
    std::ranges::stable_sort(changed, std::ranges::greater{}, [](const Choice& choice) {
      return choice.is_activation ? choice.forms[0].error : std::numeric_limits<double>::infinity();
    });
    while (!changed.empty() && changed.back().is_activation) {
      MOTE_TRY(const Plan plan, plan_with(precisions_of(changed)));
      if (limits_.hold(footprint_of(plan)) && float_islands(plan.graph).size() <= islands_) break;
      changed.pop_back();
    }
    return std::optional(precisions_of(changed));
  }

  const Graph& graph_;
  QuantizeOptions options_;
  const FitLimits& limits_;
  RoughOptions rough_;
  Footprint base_{};
  std::size_t islands_ = 0;
  bool has_weights_ = false;  // among the choices
  std::vector<Choice> choices_{};
};

}  // namespace

Result<Precisions> choose_precisions(const Graph& graph, RoughOptions rough, QuantizeOptions options,
                                     const FitLimits& limits, const WeighPrecisions& weigh) {
  return PrecisionSearch(graph, std::move(rough), std::move(options), limits).run(weigh);
}

}  // namespace mote
