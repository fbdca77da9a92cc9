#pragma once
#include "lib/plan/plan.hpp"
#include "lib/support/result.hpp"

namespace mote {

struct PlanOptions {
  bool overlap = true;                     // let outputs lie over inputs where loop bounds prove it safe
  bool reorder = true;                     // search an order of execution with a smaller peak
  std::int64_t search_milliseconds = 200;  // time bound of the exact offset search; the incumbent is kept
};

// Stage::lowerable graph -> Plan: order, lifetimes with views, offsets. The result always passes `check`.
[[nodiscard]] Result<Plan> make_plan(Graph graph, const Target& target, const PlanOptions& options = {});

}  // namespace mote
