#include "passes/fit/knapsack.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace mote {
namespace {

constexpr std::int64_t first_flash_unit = 64, first_cycle_share = 4096;

// Forms chosen for the parts so far; earlier ones hang on `before`.
struct Choice {
  PartForm sum{};          // as counted, costs possibly rounded up
  std::size_t before = 0;  // in the list of the part before
  std::size_t form = 0;
};
using Choices = std::vector<Choice>;

std::tuple<std::int64_t, std::int64_t, double> costs_first(const Choice& choice) {
  return {choice.sum.flash_bytes, choice.sum.cycles, choice.sum.error};
}

// Leaves those out that another one is no worse than in flash, cycles and error. Going upwards in flash, what counts is
// the least error met so far for each number of cycles: a falling staircase.
Choices without_dominated(Choices choices) {
  std::ranges::stable_sort(choices, {}, costs_first);
  Choices kept;
  std::map<std::int64_t, double> least_error;  // by cycles, falling
  for (const Choice& choice : choices) {
    auto above = least_error.upper_bound(choice.sum.cycles);
    if (above != least_error.begin() && std::prev(above)->second <= choice.sum.error) continue;
    while (above != least_error.end() && above->second >= choice.sum.error) above = least_error.erase(above);
    least_error[choice.sum.cycles] = choice.sum.error;
    kept.push_back(choice);
  }
  return kept;
}

std::int64_t rounded_up(std::int64_t value, std::int64_t unit) {
  const std::int64_t rest = value % unit;
  return rest == 0 ? value : value - rest + (rest > 0 ? unit : 0);
}

Choices thinned(const Choices& choices, std::size_t most) {
  const auto [low, high] = std::ranges::minmax(choices, {}, [](const Choice& choice) { return choice.sum.cycles; });
  const std::int64_t range = high.sum.cycles - low.sum.cycles;
  Choices coarse = choices;
  for (std::int64_t coarseness = 1; coarse.size() > most; coarseness *= 2) {
    const std::int64_t cycle_unit = std::max<std::int64_t>(range * coarseness / first_cycle_share, 1);
    coarse = choices;
    for (Choice& choice : coarse) {
      choice.sum.flash_bytes = rounded_up(choice.sum.flash_bytes, first_flash_unit * coarseness);
      choice.sum.cycles = rounded_up(choice.sum.cycles, cycle_unit);
    }
    coarse = without_dominated(std::move(coarse));
  }
  return coarse;
}

// The least that parts from each one to the last can add: what leads beyond a limit is dropped at once.
std::vector<SumLimits> least_to_come(std::span<const std::vector<PartForm>> parts) {
  std::vector<SumLimits> least(parts.size() + 1, SumLimits{.flash_bytes = 0, .cycles = 0});
  for (std::size_t i = parts.size(); i-- > 0;) {
    least[i].flash_bytes = least[i + 1].flash_bytes + std::ranges::min(parts[i], {}, &PartForm::flash_bytes).flash_bytes;
    least[i].cycles = least[i + 1].cycles + std::ranges::min(parts[i], {}, &PartForm::cycles).cycles;
  }
  return least;
}

Choices extended(const Choices& choices, const std::vector<PartForm>& forms, const SumLimits& limits,
                 const SumLimits& to_come) {
  Choices next;
  for (std::size_t before = 0; before < choices.size(); ++before) {
    for (std::size_t form = 0; form < forms.size(); ++form) {
      const PartForm &old = choices[before].sum, &added = forms[form];
      const PartForm sum{.error = old.error + added.error,
                         .flash_bytes = old.flash_bytes + added.flash_bytes,
                         .cycles = old.cycles + added.cycles};
      if (sum.flash_bytes > limits.flash_bytes - to_come.flash_bytes) continue;
      if (sum.cycles > limits.cycles - to_come.cycles) continue;
      next.push_back({.sum = sum, .before = before, .form = form});
    }
  }
  return without_dominated(std::move(next));
}

}  // namespace

std::optional<std::vector<std::size_t>> choose_forms(std::span<const std::vector<PartForm>> parts, const SumLimits& limits,
                                                     std::size_t most_choices) {
  const std::vector<SumLimits> to_come = least_to_come(parts);
  if (to_come[0].flash_bytes > limits.flash_bytes || to_come[0].cycles > limits.cycles) return std::nullopt;
  std::vector<Choices> by_part{{Choice{}}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Choices next = extended(by_part.back(), parts[i], limits, to_come[i + 1]);
    if (next.empty()) return std::nullopt;
    by_part.push_back(next.size() > most_choices ? thinned(next, most_choices) : std::move(next));
  }
  const Choices& whole = by_part.back();
  const auto best = std::ranges::min_element(whole, {}, [](const Choice& choice) {
    return std::tuple(choice.sum.error, choice.sum.flash_bytes, choice.sum.cycles);
  });
  std::vector<std::size_t> forms(parts.size());
  std::size_t at = static_cast<std::size_t>(best - whole.begin());
  for (std::size_t i = parts.size(); i-- > 0;) {
    forms[i] = by_part[i + 1][at].form;
    at = by_part[i + 1][at].before;
  }
  return forms;
}

}  // namespace mote
