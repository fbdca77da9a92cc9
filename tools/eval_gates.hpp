#pragma once
#include <CLI/CLI.hpp>

#include "lib/support/result.hpp"
#include "tools/evaluation.hpp"

namespace mote {

// What an evaluation must reach for its exit code to be 0.
struct Gate {
  enum class Kind : std::uint8_t { least, most, drop } kind = Kind::least;
  std::string metric{};
  double bound = 0;
};
struct GateOptions {
  std::vector<std::string> least{}, most{};  // "accuracy=0.9", "rmse=3"
  std::string drop{};                        // "0.005" of the first metric, or "f1=0.01"
};
void add_gate_options(CLI::App& app, GateOptions& options);
[[nodiscard]] Result<std::vector<Gate>> parse_gates(const GateOptions& options);

// Adds a diagnostic for each gate that was not met (Code::gate_failed), naming candidate, found and demanded. Gates judge
// what would be shipped: every candidate but the reference, or the reference if it stands alone. A metric that is not
// defined meets no gate; a metric that does not exist is Code::usage.
[[nodiscard]] Status check_gates(std::span<const Gate> gates, std::span<const CandidateResult> results, Diagnostics& failures);

}  // namespace mote
