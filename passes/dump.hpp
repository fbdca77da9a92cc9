#pragma once
#include <string>
#include <vector>

#include "passes/pass.hpp"

namespace mote {

struct Dump {
  std::string file_name{};  // "03-decompose.mir"; "00-imported.mir" is what the pipeline started from
  std::string text{};       // constants by hash
};

// Collects the graph after every pass, or only after those called `only`. `into` must outlive the observer.
[[nodiscard]] PassObserver dump_each(std::vector<Dump>& into, std::string only = "all");

// Runs one observer after the other; the first failure ends the pipeline.
[[nodiscard]] PassObserver both(PassObserver first, PassObserver second);

}  // namespace mote
