#pragma once
#include "lib/plan/plan.hpp"
#include "lib/support/result.hpp"

namespace mote {

struct PlanOptions {
  bool overlap = true;  // let outputs lie over inputs where loop bounds prove it safe
  bool reorder = true;  // search an order of execution with a smaller peak
  // Bound of the exact offset search in buffers looked at, not in time: the same model gives the same drop, byte for
  // byte, on every machine. The default is some tenths of a second; the best placement found so far is kept.
  std::int64_t search_budget = 20'000'000;
};

// Stage::lowerable graph -> Plan: order, lifetimes with views, offsets. The result always passes `check`.
[[nodiscard]] Result<Plan> make_plan(Graph graph, const Target& target, const PlanOptions& options = {});

}  // namespace mote
