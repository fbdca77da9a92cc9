#include "tools/eval_gates.hpp"

#include <algorithm>

#include "lib/data/csv.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

Result<Gate> parse_gate(Gate::Kind kind, const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  const auto bound = number_of(equals == std::string::npos ? text : text.substr(equals + 1));
  if (!bound || (equals == std::string::npos && kind != Gate::Kind::drop))
    return Diagnostic{.code = Code::usage,
                      .message = option + " " + text + " is not understood",
                      .help = {kind == Gate::Kind::drop ? "write --max-drop 0.005 or --max-drop f1=0.01" : "write " + option + " accuracy=0.9"}};
  return Gate{kind, equals == std::string::npos ? "" : text.substr(0, equals), *bound};
}

const Metric* find_metric(const CandidateResult& result, const std::string& name) {
  for (const std::vector<Metric>* list : {&result.metrics, &result.against_reference}) {
    if (name.empty() && !list->empty()) return &list->front();
    const auto found = std::ranges::find(*list, name, &Metric::name);
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

Diagnostic unknown_metric(const std::string& name, const CandidateResult& result) {
  std::vector<std::string> known;
  for (const Metric& metric : result.metrics) known.push_back(metric.name);
  for (const Metric& metric : result.against_reference) known.push_back(metric.name);
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  return {.code = Code::usage, .message = "a gate names the metric '" + name + "', which this evaluation does not measure",
          .help = {"it measures: " + list}};
}

Diagnostic failure(const std::string& candidate, const std::string& gate, const std::optional<Estimate>& found, const std::string& demanded) {
  return {.code = Code::gate_failed,
          .message = candidate + ": " + gate + " is " + (found ? number_text(found->value) : "not defined") + ", demanded " + demanded};
}

// What the gate demands, when the candidate does not meet it.
std::optional<Diagnostic> judge(const Gate& gate, const CandidateResult& result, const Metric& metric, const Metric* reference) {
  const std::optional<Estimate>& found = metric.estimate;
  switch (gate.kind) {
    case Gate::Kind::least:
      if (found && found->value >= gate.bound) return std::nullopt;
      return failure(result.name, metric.name, found, "at least " + number_text(gate.bound));
    case Gate::Kind::most:
      if (found && found->value <= gate.bound) return std::nullopt;
      return failure(result.name, metric.name, found, "at most " + number_text(gate.bound));
    case Gate::Kind::drop: break;
  }
  std::optional<Estimate> drop;
  if (found && reference != nullptr && reference->estimate)
    drop = Estimate{.value = (reference->estimate->value - found->value) * (metric.higher_is_better ? 1 : -1)};
  if (drop && drop->value <= gate.bound) return std::nullopt;
  return failure(result.name, "the drop of " + metric.name, drop, "at most " + number_text(gate.bound));
}

}  // namespace

void add_gate_options(CLI::App& app, GateOptions& options) {
  app.add_option("--min", options.least, "gate: metric=least, such as accuracy=0.9 (repeatable)")->allow_extra_args(false);
  app.add_option("--max", options.most, "gate: metric=most, such as rmse=3 (repeatable)")->allow_extra_args(false);
  app.add_option("--max-drop", options.drop, "gate: how much worse than the float model: 0.005, or f1=0.01");
}

Result<std::vector<Gate>> parse_gates(const GateOptions& options) {
  std::vector<Gate> gates;
  const auto add = [&](Gate::Kind kind, const std::string& option, const std::string& text) -> Status {
    MOTE_TRY(gates.emplace_back(), parse_gate(kind, option, text));
    return Ok{};
  };
  for (const std::string& text : options.least) MOTE_TRY_STATUS(add(Gate::Kind::least, "--min", text));
  for (const std::string& text : options.most) MOTE_TRY_STATUS(add(Gate::Kind::most, "--max", text));
  if (!options.drop.empty()) MOTE_TRY_STATUS(add(Gate::Kind::drop, "--max-drop", options.drop));
  return gates;
}

Status check_gates(std::span<const Gate> gates, std::span<const CandidateResult> results, Diagnostics& failures) {
  for (const CandidateResult& result : results.size() > 1 ? results.subspan(1) : results) {
    for (const Gate& gate : gates) {
      const Metric* metric = find_metric(result, gate.metric);
      const Metric* reference = metric == nullptr ? nullptr : find_metric(results.front(), metric->name);
      const bool no_baseline = gate.kind == Gate::Kind::drop && (results.size() < 2 || reference == nullptr);
      if (metric == nullptr || no_baseline) return unknown_metric(gate.metric, result);
      if (auto problem = judge(gate, result, *metric, reference)) failures.push_back(*std::move(problem));
    }
  }
  return Ok{};
}

}  // namespace mote
