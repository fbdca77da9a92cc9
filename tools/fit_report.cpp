#include "tools/fit_report.hpp"

#include <algorithm>

#include "codegen/literals.hpp"
#include "tools/text_table.hpp"

namespace mote {
namespace {

bool is_no_worse(const FittedNetwork& a, const FittedNetwork& b) {
  return a.footprint.ram_bytes <= b.footprint.ram_bytes && a.footprint.flash_bytes <= b.footprint.flash_bytes &&
         a.footprint.cycles <= b.footprint.cycles && quality_of(a) >= quality_of(b);
}

bool is_on_front(const FitOutcome& outcome, const FittedNetwork& network) {
  return std::ranges::none_of(outcome.networks, [&](const FittedNetwork& other) {
    return is_no_worse(other, network) && !is_no_worse(network, other);
  });
}

std::vector<Metric> all_metrics(const CandidateResult& result) {
  std::vector<Metric> metrics = result.metrics;
  metrics.insert(metrics.end(), result.against_reference.begin(), result.against_reference.end());
  return metrics;
}

std::string rounded(const std::optional<Estimate>& estimate) {
  if (!estimate) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", estimate->value);
  return text;
}

std::string float_line(const FittedNetwork& network) {
  const CandidateResult& reference = network.results.front();
  if (reference.metrics.empty()) return "";
  return "float model: " + reference.metrics.front().name + " " + rounded(reference.metrics.front().estimate) + "\n";
}

}  // namespace

std::string fit_text(const FitOutcome& outcome) {
  const std::vector<Metric> metrics = all_metrics(outcome.networks.front().results.back());
  const std::size_t shown = std::min<std::size_t>(metrics.size(), 3);
  TextTable table{{"", "RAM B", "flash B", "cycles", "MAC"}};
  for (std::size_t i = 0; i < shown; ++i) table[0].push_back(metrics[i].name);
  table[0].push_back("fits");
  for (std::size_t n = 0; n < outcome.networks.size(); ++n) {
    const FittedNetwork& network = outcome.networks[n];
    const std::string mark = outcome.solution == n ? "= " : is_on_front(outcome, network) ? "* " : "  ";
    std::vector<std::string> row{mark + network.what, with_thousands(network.footprint.ram_bytes),
                                 with_thousands(network.footprint.flash_bytes),
                                 with_thousands(network.footprint.cycles), with_thousands(network.macs)};
    const std::vector<Metric> own = all_metrics(network.results.back());
    for (std::size_t i = 0; i < shown; ++i) row.push_back(rounded(own[i].estimate));
    row.push_back(network.is_solution() ? "yes" : network.fits ? "gate" : "no");
    table.push_back(std::move(row));
  }
  return float_line(outcome.networks.front()) + aligned(table);
}

Json fit_json(const FitOutcome& outcome) {
  Json networks = Json::array();
  for (const FittedNetwork& network : outcome.networks) {
    Json metrics = Json::object();
    for (const Metric& metric : all_metrics(network.results.back()))
      metrics[metric.name] = metric.estimate ? Json(metric.estimate->value) : Json(nullptr);
    networks.push_back({{"network", network.what},
                        {"ram_bytes", network.footprint.ram_bytes},
                        {"flash_bytes", network.footprint.flash_bytes},
                        {"cycles", network.footprint.cycles},
                        {"macs", network.macs},
                        {"int16", network.precisions.wide_activations},
                        {"int4_weights", network.precisions.narrow_weights},
                        {"metrics", metrics},
                        {"fits", network.fits},
                        {"meets_gates", network.failed_gates.empty()},
                        {"on_pareto_front", is_on_front(outcome, network)}});
  }
  return {{"networks", networks}, {"solution", outcome.solution ? Json(*outcome.solution) : Json(nullptr)}};
}

std::string counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace mote
