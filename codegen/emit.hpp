#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lib/ops/tree_statistics.hpp"
#include "lib/plan/plan.hpp"
#include "lib/plan/structure_report.hpp"
#include "lib/support/result.hpp"

namespace mote {

// Relative path -> contents. Code generation touches no disk.
using FileTree = std::map<std::string, std::string>;

// One golden vector that travels with the drop: inputs and the interpreter's outputs for them, in graph order.
struct GoldenVector {
  std::vector<Tensor> inputs{}, outputs{};
};

struct EmitOptions {
  std::string name{};              // C identifier: prefix of the API, name of the header
  std::string model_file{};        // base name only, for provenance
  std::string model_sha256{};
  bool static_context = true;
  std::span<const GoldenVector> vectors{};
  std::map<std::string, std::string> recorded_options{};  // as given on the command line; into manifest.json and certificate.json
  StructureReport structure{};     // which channels of the model were left out; into manifest.json
  std::vector<TreeStatistics> trees{};  // of the model's tree ensembles; into manifest.json and README.md
};

// What the sources of a drop must be compiled with, besides the flags that choose the core, to give the interpreter's
// bits; GCC and Clang know all of them.
[[nodiscard]] std::vector<std::string> compile_options(const Plan& plan);

// Plan -> the source drop. Deterministic to the byte: no time, no path, no hash order.
[[nodiscard]] Result<FileTree> emit(const Plan& plan, const EmitOptions& options);

}  // namespace mote
