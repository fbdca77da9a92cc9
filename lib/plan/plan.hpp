#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/ops/kernel_call.hpp"
#include "lib/target/target.hpp"

namespace mote {

// Where the bytes of a value live.
enum class Home : std::uint8_t {
  arena,            // context->arena + offset
  caller_input,     // the caller's buffer of graph input `index`, read only
  caller_output,    // the caller's buffer of graph output `index`
  constant,         // flash
};

// One placed value. Views (reshape, contiguous slice, concat part) have the home of the value they lie in, with the
// offset of their first byte; `storage` names that value.
struct Placement {
  ValueId value{};
  ValueId storage{};            // the value that owns the bytes; itself when it is no view
  Home home = Home::arena;
  std::size_t index = 0;        // which input or output of the graph
  std::int64_t offset = 0;      // bytes from the start of the home
  std::int64_t bytes = 0;
  std::int32_t first_step = 0;  // the step that writes it (-1: before the first)
  std::int32_t last_step = 0;   // the last step that reads it, inclusive
};

struct Step {
  std::size_t node = 0;  // in graph.nodes
  KernelCall call{};
  std::int64_t scratch_offset = 0;  // in the arena; meaningful when call.scratch_bytes > 0
};

// Everything the emitter needs; nothing that it has to decide. `graph` is Stage::lowerable.
struct Plan {
  Graph graph{};
  Target target{};
  std::vector<Step> steps{};            // in order of execution; view nodes have no step
  std::vector<Placement> placements{};  // one per value that a step or the interface uses, by value id
  std::int64_t arena_bytes = 0;         // activations and scratch
  std::int64_t scratch_bytes = 0;       // the largest scratch of one step, contained in arena_bytes
  std::int64_t lower_bound_bytes = 0;   // no plan of this order without overlap of live bytes can be smaller
  std::int64_t sum_bytes = 0;           // arena without any reuse
  std::int64_t weights_bytes = 0;
  std::int64_t macs = 0;
  bool proven_optimal = false;          // the exact search finished within its time bound

  [[nodiscard]] const Placement& placement(ValueId id) const;
};

// Re-derives every promise of a plan from scratch; shares no code with the planner. Errors: Code::plan_rejected.
[[nodiscard]] Status check(const Plan& plan);

}  // namespace mote
