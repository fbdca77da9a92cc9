#include "tools/tree_report.hpp"

#include "codegen/tree_facts.hpp"

namespace mote {

void describe_trees(std::span<const TreeStatistics> trees, Report& report, const Plan* plan) {
  for (const TreeStatistics& ensemble : trees) {
    report.text += tree_facts_text(ensemble, plan);
    report.json["trees"].push_back(Json::parse(tree_facts_json(ensemble, plan)));
  }
}

}  // namespace mote
