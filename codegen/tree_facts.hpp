#pragma once
#include <string>

#include "lib/ops/tree_statistics.hpp"
#include "lib/plan/plan.hpp"

namespace mote {

// What is said of a tree ensemble in reports and drops: a paragraph, and the same as the text of a JSON object. With a
// plan also the flash that its decisions and leaves take there, and that by node of the model.
[[nodiscard]] std::string tree_facts_text(const TreeStatistics& ensemble, const Plan* plan = nullptr);
[[nodiscard]] std::string tree_facts_json(const TreeStatistics& ensemble, const Plan* plan = nullptr);

}  // namespace mote
