#include "tools/tree_report.hpp"

#include <cstdio>

#include "codegen/literals.hpp"
#include "codegen/tree_facts.hpp"

namespace mote {

void describe_trees(std::span<const TreeStatistics> trees, Report& report, const Plan* plan) {
  for (const TreeStatistics& ensemble : trees) {
    report.text += tree_facts_text(ensemble, plan);
    report.json["trees"].push_back(Json::parse(tree_facts_json(ensemble, plan)));
  }
}

void describe_drop_trees(const std::string& folder, const DropManifest& manifest, Report& report) {
  for (const DropTrees& trees : manifest.trees) {
    const bool branches = trees.form == "branches";
    char per_node[32];
    std::snprintf(per_node, sizeof per_node, "%.1f", trees.flash_bytes_per_node);
    report.text += "  trees '" + trees.name + "' in " + folder + " for " + manifest.target + (branches ? ": as nested branches, about " : ": packed, ") +
                   with_thousands(trees.flash_bytes) + " B of flash, " + per_node + " B per node\n";
    report.json["drop_trees"].push_back({{"drop", folder},
                                         {"target", manifest.target},
                                         {"name", trees.name},
                                         {"form", trees.form},
                                         {"flash_bytes", trees.flash_bytes},
                                         {"flash_bytes_per_node", trees.flash_bytes_per_node}});
  }
}

}  // namespace mote
