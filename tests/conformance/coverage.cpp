#include "tests/conformance/coverage.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/op_def.hpp"

namespace mote::conformance {
namespace {

struct Row {
  int passed = 0, failed = 0, refused = 0;
  std::map<std::string, int> codes{};
};

void count(Row& row, const Outcome& outcome) {
  if (outcome.verdict == Verdict::passed) ++row.passed;
  if (outcome.verdict == Verdict::failed) ++row.failed;
  if (outcome.verdict != Verdict::refused) return;
  ++row.refused;
  ++row.codes[outcome.code];
}

std::string codes_text(const Row& row) {
  std::string text;
  for (const auto& [code, times] : row.codes)
    text += (text.empty() ? "" : ", ") + code + (times > 1 ? " ×" + std::to_string(times) : "");
  return text;
}

std::string row_text(const std::string& name, const Row& row) {
  return "| " + name + " | " + std::to_string(row.passed) + " | " + std::to_string(row.failed) + " | " +
         std::to_string(row.refused) + " | " + codes_text(row) + " |\n";
}

std::map<std::string, Row> rows_by_operator(std::span<const Outcome> outcomes) {
  std::map<std::string, Row> rows;
  for (const Outcome& outcome : outcomes)
    for (const std::string& op : outcome.operators) count(rows[op], outcome);
  return rows;
}

std::map<std::string, std::set<std::string>> refused_by_code(std::span<const Outcome> outcomes) {
  std::map<std::string, std::set<std::string>> names;
  for (const Outcome& outcome : outcomes)
    if (outcome.verdict == Verdict::refused) names[outcome.code].insert(outcome.name);
  return names;
}

// `Constant` never becomes a node: the importer itself reads it.
bool is_supported(const std::string& op) { return op == "Constant" || find_onnx_op("", op) != nullptr; }

// The vectors whose refusal needs an explanation: no operator of theirs is missing. The reasons are mote's own words,
// vectors of one reason side by side.
std::string refused_although_supported(std::span<const Outcome> outcomes) {
  std::map<std::string, std::set<std::string>> names_by_reason;
  for (const Outcome& outcome : outcomes)
    if (outcome.verdict == Verdict::refused && std::ranges::all_of(outcome.operators, is_supported))
      names_by_reason[outcome.code + ": " + outcome.reason].insert(outcome.name);
  std::string text = "\n## Refused vectors made of supported operators only\n";
  for (const auto& [reason, names] : names_by_reason) {
    text += "\n" + reason + "\n\n";
    for (const std::string& name : names) text += "- " + name + "\n";
  }
  return text;
}

Outcome failed(Outcome outcome, std::string reason) {
  outcome.verdict = Verdict::failed;
  outcome.reason = std::move(reason);
  return outcome;
}

}  // namespace

Outcome run_case(const VectorCase& vector_case) {
  Outcome outcome{.group = vector_case.group, .name = vector_case.name};
  if (const auto facts = read_facts(vector_case)) outcome.operators = facts->operators;
  auto prepared = prepare(vector_case);
  if (!prepared) {
    outcome.code = code_name(prepared.error().code);
    outcome.reason = prepared.error().message;
    return outcome;
  }
  const auto results = interpret(prepared->model.graph, prepared->inputs);
  if (!results) return failed(std::move(outcome), results.error().message);
  for (std::size_t i = 0; i < prepared->outputs.size(); ++i)
    if (const auto wrong = difference((*results)[i], prepared->outputs[i]))
      return failed(std::move(outcome), "output " + std::to_string(i) + ": " + *wrong);
  outcome.verdict = Verdict::passed;
  return outcome;
}

std::string coverage_table(std::span<const Outcome> outcomes) {
  Row total;
  for (const Outcome& outcome : outcomes) count(total, outcome);
  std::string text =
      "# Coverage of ONNX's conformance vectors\n\n"
      "Written by tests/conformance (`MOTE_UPDATE=1 test_conformance`), checked on every run. Vectors: libonnx-testdata "
      "1.12. A vector passes when importer and interpreter reproduce its outputs (rtol 1e-3, atol 1e-7; integers "
      "exactly). A refused one is reported with its diagnostic code (`mote explain`), never computed wrongly.\n\n" +
      std::to_string(outcomes.size()) + " vectors: " + std::to_string(total.passed) + " passed, " +
      std::to_string(total.failed) + " failed, " + std::to_string(total.refused) + " refused.\n\n" +
      "## By operator\n\nA vector counts for every operator that its model uses.\n\n"
      "| operator | passed | failed | refused | codes |\n|---|---|---|---|---|\n";
  for (const auto& [op, row] : rows_by_operator(outcomes)) text += row_text(op, row);

  text += "\n## Failed\n\n";
  for (const Outcome& outcome : outcomes)
    if (outcome.verdict == Verdict::failed) text += "- " + outcome.group + "/" + outcome.name + ": " + outcome.reason + "\n";
  text += refused_although_supported(outcomes);
  text += "\n## Refused\n";
  for (const auto& [code, names] : refused_by_code(outcomes)) {
    text += "\n### " + code + "\n\n";
    for (const std::string& name : names) text += "- " + name + "\n";
  }
  return text;
}

}  // namespace mote::conformance
