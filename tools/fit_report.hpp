#pragma once
#include "tools/command.hpp"
#include "tools/fit_search.hpp"

namespace mote {

// What every network that was tried takes and how well it answers; `*` marks those of which no other one is better in
// everything (the Pareto front), `=` the solution.
[[nodiscard]] std::string fit_text(const FitOutcome& outcome);
[[nodiscard]] Json fit_json(const FitOutcome& outcome);

// "1 epoch", "2 epochs".
[[nodiscard]] std::string counted(std::size_t number, const std::string& what);

}  // namespace mote
