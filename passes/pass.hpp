#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "lib/ir/graph.hpp"
#include "lib/target/target.hpp"

namespace mote {

// What a pass promises about results; --verify-each runs the graph before and after and holds it to that.
//   bit_exact  the interpreter gives the same bits in single precision
//   rounding   the same but for the rounding of rewritten constants and the order of sums: in double precision, every
//              output element stays within 1e-5 of that output's largest magnitude
//   quantizes  values move to grids; only the types and names of inputs and outputs stay
enum class Promise : std::uint8_t { bit_exact, rounding, quantizes };
[[nodiscard]] std::string_view name_of(Promise promise);  // "bit-exact", as `mote list passes` shows it

struct QuantizeOptions;
struct StructureReport;

// What generated code is to be first of all, where there is a choice. Automatic: fast, if that fits the flash.
enum class Optimize : std::uint8_t { automatic, speed, size };

struct PassContext {
  const Target& target;
  const QuantizeOptions* quantize = nullptr;  // set: calibrate and quantize to integers
  Optimize optimize = Optimize::automatic;
  bool rank_inputs = false;  // the caller hands decision trees the ranks of features among thresholds
  bool keep_structure = false;           // leave channels that cannot matter where they are
  StructureReport* structure = nullptr;  // set: filled with what leaving them out saves
};

// A pass maps a graph to a graph. It owns its argument; on failure nothing is half changed.
struct Pass {
  std::string_view name;     // "drop-identity": command line, dumps, golden tests
  std::string_view summary;  // shown by `mote list passes`
  Stage after;               // what the graph must satisfy afterwards
  Promise promise;
  Result<Graph> (*run)(Graph, const PassContext&);
};

// Called after each pass: text dumps, --verify-each, timing.
using PassObserver = std::function<Status(const Pass&, const Graph& before, const Graph& after)>;

// The standard pipeline, in order, each entry with the reason why it stands there.
[[nodiscard]] std::span<const Pass> standard_pipeline();
[[nodiscard]] const Pass* find_pass(std::string_view name);
// Runs the passes one after the other and verifies the graph after each (lib/ops/verify.hpp).
[[nodiscard]] Result<Graph> run_passes(std::span<const Pass> passes, Graph graph, const PassContext& context,
                                       const PassObserver& observe = {});

}  // namespace mote
