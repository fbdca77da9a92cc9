#include "tools/tree_report.hpp"

#include <algorithm>

#include "codegen/literals.hpp"
#include "lib/ops/tree_statistics.hpp"

namespace mote {
namespace {

constexpr std::size_t features_named = 5;  // in the text; the JSON has all

std::string most_used(const TreeStatistics& ensemble) {
  std::string text;
  for (std::size_t i = 0; i < std::min(features_named, ensemble.features.size()); ++i)
    text += " " + std::to_string(ensemble.features[i].first) + " (" + with_thousands(ensemble.features[i].second) + ")";
  return text;
}

std::string paragraph(const TreeStatistics& ensemble) {
  return "trees '" + ensemble.name + "': " + with_thousands(ensemble.trees) + " trees, " + with_thousands(ensemble.nodes()) + " nodes (" +
         with_thousands(ensemble.decisions) + " decisions, " + with_thousands(ensemble.leaves) + " leaves), depth " +
         with_thousands(ensemble.deepest_decisions) + "\n  a prediction takes at most " +
         with_thousands(ensemble.worst_case_decisions) + " decisions on " + with_thousands(ensemble.thresholds) +
         " distinct thresholds\n  features used: " + with_thousands(static_cast<std::int64_t>(ensemble.features.size())) +
         "; by most decisions:" + most_used(ensemble) + "\n";
}

Json to_json(const TreeStatistics& ensemble) {
  Json features = Json::array();
  for (const auto& [feature, decisions] : ensemble.features) features.push_back({{"feature", feature}, {"decisions", decisions}});
  return {{"name", ensemble.name},
          {"trees", ensemble.trees},
          {"nodes", ensemble.nodes()},
          {"decisions", ensemble.decisions},
          {"leaves", ensemble.leaves},
          {"depth", ensemble.deepest_decisions},
          {"worst_case_decisions", ensemble.worst_case_decisions},
          {"distinct_thresholds", ensemble.thresholds},
          {"features", features}};
}

}  // namespace

void describe_trees(const Graph& graph, Report& report) {
  for (const TreeStatistics& ensemble : tree_statistics(graph)) {
    report.text += paragraph(ensemble);
    report.json["trees"].push_back(to_json(ensemble));
  }
}

}  // namespace mote
