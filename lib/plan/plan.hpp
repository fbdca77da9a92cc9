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
  arena,          // context->arena + offset
  caller_input,   // the caller's buffer of graph input `index`, read only
  caller_output,  // the caller's buffer of graph output `index`
  constant,       // flash
};

// One placed value. Views (reshape, contiguous slice, concat part) have the home of the value they lie in, with the
// offset of their first byte; `storage` names that value. Offsets are multiples of the element size: the arena itself
// must be aligned for the widest element of the plan and for 8 bytes where a step has scratch.
// Lifetimes are those of the whole storage, so a view has the lifetime of the value it lies in.
struct Placement {
  ValueId value{};
  ValueId storage{};  // the value that owns the bytes; itself when it is no view
  Home home = Home::arena;
  std::size_t index = 0;    // which input or output of the graph; 0 in the arena and in flash
  std::int64_t offset = 0;  // bytes from the start of the home; of a constant: from its first byte
  std::int64_t bytes = 0;
  std::int32_t first_step = 0;  // the first step that writes a byte of the storage (-1: there before the first)
  std::int32_t last_step = 0;   // the last step that uses it, inclusive; steps.size(): the caller reads it afterwards
  bool operator==(const Placement&) const = default;
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
  std::vector<Step> steps{};  // in order of execution; view nodes have no step
  // By value id: every value that a node computes, graph inputs and outputs, and the constants that steps read.
  std::vector<Placement> placements{};
  std::int64_t arena_bytes = 0;    // activations and scratch
  std::int64_t scratch_bytes = 0;  // the largest scratch of one step, contained in arena_bytes
  // No arena for this order can be smaller: the fullest step's live bytes, less what its kernel may write over.
  std::int64_t lower_bound_bytes = 0;
  std::int64_t sum_bytes = 0;      // arena without any reuse, scratch of all steps included
  std::int64_t weights_bytes = 0;  // constants that steps read, each once
  std::int64_t macs = 0;
  bool proven_optimal = false;  // no smaller arena exists for this order

  [[nodiscard]] const Placement& placement(ValueId id) const;
};

// Re-derives every promise of a plan from scratch; shares no code with the planner. Errors: Code::plan_rejected.
[[nodiscard]] Status check(const Plan& plan);

}  // namespace mote
