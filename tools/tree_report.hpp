#pragma once
#include <span>

#include "lib/ops/tree_statistics.hpp"
#include "lib/plan/plan.hpp"
#include "tools/command.hpp"
#include "tools/drop_check.hpp"

namespace mote {

// Appends what the decision trees of a model are made of: a paragraph for each ensemble, "trees" in the JSON. Nothing for
// a model without trees. With the plan that was made of them, also the flash that they take.
void describe_trees(std::span<const TreeStatistics> trees, Report& report, const Plan* plan = nullptr);

// Appends what the trees take in a drop that was compiled before: a line for each ensemble, the same below "drop_trees".
void describe_drop_trees(const std::string& folder, const DropManifest& manifest, Report& report);

}  // namespace mote
