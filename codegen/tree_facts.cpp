#include "codegen/tree_facts.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "codegen/literals.hpp"
#include "lib/plan/model_code.hpp"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t features_named = 5;  // in the text; the JSON has all

std::string most_used(const TreeStatistics& ensemble) {
  std::string text;
  for (std::size_t i = 0; i < std::min(features_named, ensemble.features.size()); ++i)
    text += " " + std::to_string(ensemble.features[i].first) + " (" + with_thousands(ensemble.features[i].second) + ")";
  return text;
}

// In tenths.
double per_node(std::int64_t bytes, const TreeStatistics& ensemble) {
  return std::round(10.0 * static_cast<double>(bytes) / static_cast<double>(ensemble.nodes())) / 10.0;
}

bool is_branches(const Plan& plan, const std::string& node) {
  return std::ranges::any_of(branch_code(plan), [&](const BranchCode& one) { return one.node == node; });
}

std::string flash_text(const TreeStatistics& ensemble, const Plan& plan) {
  const std::int64_t bytes = node_flash_bytes(plan, ensemble.name);
  const auto tenths = static_cast<std::int64_t>(std::llround(10 * per_node(bytes, ensemble)));
  return "  " + std::string(is_branches(plan, ensemble.name) ? "as nested branches: about " : "as packed trees: ") + with_thousands(bytes) +
         " B of flash, " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " B per node\n";
}

}  // namespace

std::string tree_facts_text(const TreeStatistics& ensemble, const Plan* plan) {
  std::string text = "trees '" + ensemble.name + "': " + with_thousands(ensemble.trees) + " trees, " + with_thousands(ensemble.nodes()) +
                     " nodes (" + with_thousands(ensemble.decisions) + " decisions, " + with_thousands(ensemble.leaves) +
                     " leaves), depth " + with_thousands(ensemble.deepest_decisions) + "\n  a prediction takes at most " +
                     with_thousands(ensemble.worst_case_decisions) + " decisions on " + with_thousands(ensemble.thresholds) +
                     " distinct thresholds\n  features used: " + with_thousands(static_cast<std::int64_t>(ensemble.features.size())) +
                     "; by most decisions:" + most_used(ensemble) + "\n";
  if (plan != nullptr) text += flash_text(ensemble, *plan);
  if (ensemble.second_class_decides)
    text += "  both of its two classes have weights: the label says whether the second class's score is above 0, even where "
            "the first class's is greater (as in ONNX Runtime)\n";
  return text;
}

std::string tree_facts_json(const TreeStatistics& ensemble, const Plan* plan) {
  Json features = Json::array();
  for (const auto& [feature, decisions] : ensemble.features) features.push_back({{"feature", feature}, {"decisions", decisions}});
  Json facts = {{"name", ensemble.name},
                {"trees", ensemble.trees},
                {"nodes", ensemble.nodes()},
                {"decisions", ensemble.decisions},
                {"leaves", ensemble.leaves},
                {"depth", ensemble.deepest_decisions},
                {"worst_case_decisions", ensemble.worst_case_decisions},
                {"distinct_thresholds", ensemble.thresholds},
                {"label_follows_greater_score", !ensemble.second_class_decides},
                {"features", features}};
  if (plan == nullptr) return facts.dump(-1, ' ', true);
  const std::int64_t bytes = node_flash_bytes(*plan, ensemble.name);
  facts["form"] = is_branches(*plan, ensemble.name) ? "branches" : "packed";
  facts["flash_bytes"] = bytes;
  facts["flash_is_estimate"] = is_branches(*plan, ensemble.name);
  facts["flash_bytes_per_node"] = per_node(bytes, ensemble);
  return facts.dump(-1, ' ', true);
}

}  // namespace mote
