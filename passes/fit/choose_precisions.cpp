#include "passes/fit/choose_precisions.hpp"

#include <algorithm>

#include "passes/fit/knapsack.hpp"
#include "passes/quantize/calibrate/sixteen_bits.hpp"
#include "passes/quantize/float_islands.hpp"

namespace mote {
namespace {

constexpr double least_share = 1.0 / 16.0;

// A part that may change its precision.
struct Choice {
  std::string name{};
  std::vector<PartForm> forms{};  // as it is, changed
};

class PrecisionSearch {
 public:
  PrecisionSearch(const Graph& graph, const Target& target, const CalibrationSamples& samples, const FitLimits& limits)
      : graph_(graph), target_(target), samples_(samples), limits_(limits) {}

  Result<Precisions> run(const PartErrors& errors) {
    MOTE_TRY(const Plan plan, plan_with({}));
    base_ = footprint_of(plan);
    islands_ = float_islands(plan.graph).size();
    MOTE_TRY(const std::vector<Choice> choices, choices_of(errors));
    std::vector<std::vector<PartForm>> parts;
    for (const Choice& choice : choices) parts.push_back(choice.forms);
    const auto chosen = choose_forms(parts, {.flash_bytes = limits_.flash_bytes - base_.flash_bytes,
                                             .cycles = std::min(limits_.cycles - base_.cycles, SumLimits::none)});
    if (!chosen) return Precisions{};
    std::vector<Choice> changed;
    for (std::size_t i = 0; i < choices.size(); ++i)
      if ((*chosen)[i] == 1) changed.push_back(choices[i]);
    return repaired(std::move(changed));
  }

 private:
  [[nodiscard]] Result<Plan> plan_with(const Precisions& precisions) const {
    return rough_plan(graph_, target_, samples_, precisions);
  }

  Result<std::vector<Choice>> choices_of(const PartErrors& errors) const {
    std::vector<Choice> choices;
    if (errors.all <= tolerable_error) return choices;
    for (const PartError& part : errors.parts) {
      if (part.error < least_share * errors.all) continue;
      MOTE_TRY(const Plan plan, plan_with({.wide_activations = {part.name}}));
      const Footprint wide = footprint_of(plan);
      if (wide.ram_bytes > limits_.ram_bytes || float_islands(plan.graph).size() > islands_) continue;
      choices.push_back({.name = part.name,
                         .forms = {{.error = part.error},
                                   {.error = 0.0,
                                    .flash_bytes = wide.flash_bytes - base_.flash_bytes,
                                    .cycles = wide.cycles - base_.cycles}}});
    }
    return choices;
  }

  // What helps least is undone first.
  Result<Precisions> repaired(std::vector<Choice> changed) const {
    std::ranges::stable_sort(changed, std::ranges::greater{}, [](const Choice& choice) { return choice.forms[0].error; });
    while (true) {
      Precisions precisions;
      for (const Choice& choice : changed) precisions.wide_activations.push_back(choice.name);
      if (changed.empty()) return precisions;
      MOTE_TRY(const Plan plan, plan_with(precisions));
      if (limits_.hold(footprint_of(plan))) return precisions;
      changed.pop_back();
    }
  }

  const Graph& graph_;
  const Target& target_;
  const CalibrationSamples& samples_;
  const FitLimits& limits_;
  Footprint base_{};
  std::size_t islands_ = 0;
};

}  // namespace

Result<Precisions> choose_precisions(const Graph& graph, const PartErrors& errors, const Target& target,
                                     const CalibrationSamples& samples, const FitLimits& limits) {
  return PrecisionSearch(graph, target, samples, limits).run(errors);
}

}  // namespace mote
