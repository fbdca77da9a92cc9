#include "tools/eval_report.hpp"

#include <algorithm>
#include <cstdio>

#include "tools/text_table.hpp"

namespace mote {
namespace {

constexpr std::size_t shown_flips = 20;
constexpr std::int64_t shown_classes = 20;  // a larger confusion matrix is only in the JSON

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string cell(const std::optional<Estimate>& estimate) {
  if (!estimate) return "-";
  std::string text = rounded(estimate->value);
  if (estimate->low && estimate->high) text += " [" + rounded(*estimate->low) + ", " + rounded(*estimate->high) + "]";
  return text;
}

// One column per candidate, one line per metric; the reference has none of its own in `against_reference`.
std::string metric_table(std::span<const CandidateResult> results, std::vector<Metric> CandidateResult::*list) {
  const CandidateResult& last = results.back();
  if ((last.*list).empty()) return "";
  TextTable table{{""}};
  for (const CandidateResult& result : results) table[0].push_back(result.name);
  for (std::size_t m = 0; m < (last.*list).size(); ++m) {
    std::vector<std::string> row{(last.*list)[m].name};
    for (const CandidateResult& result : results)
      row.push_back((result.*list).empty() ? "" : cell((result.*list)[m].estimate));
    table.push_back(std::move(row));
  }
  return aligned(table);
}

// Names are the model's, and nothing in them is to steer a terminal: control characters, also those that UTF-8 writes as
// C2 80 to C2 9F, become underscores.
std::string printable(const std::string& name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const auto next = static_cast<unsigned char>(i + 1 < name.size() ? name[i + 1] : 0);
    const bool long_control = byte == 0xC2 && next >= 0x80 && next < 0xA0;
    text += byte < 0x20 || byte == 0x7F || long_control ? '_' : name[i];
    if (long_control) ++i;
  }
  return text;
}

// A class by its name, or by its number where the model names none.
std::string class_text(const std::vector<std::string>& names, std::int64_t number) {
  const bool named = number >= 0 && number < static_cast<std::int64_t>(names.size());
  return named ? printable(names[static_cast<std::size_t>(number)]) : std::to_string(number);
}

std::string class_table(const CandidateResult& result, const std::vector<std::string>& names) {
  if (!result.confusion || result.confusion->classes > shown_classes) return "";
  const ConfusionMatrix& matrix = *result.confusion;
  TextTable table{{"class", "samples", "precision", "recall", "f1", "answered as"}};
  for (std::int64_t c = 0; c < matrix.classes; ++c) table[0].push_back(class_text(names, c));
  for (std::int64_t c = 0; c < matrix.classes; ++c) {
    const ClassScore& score = result.classes[static_cast<std::size_t>(c)];
    std::vector<std::string> row{class_text(names, c), std::to_string(score.support), rounded(score.precision), rounded(score.recall), rounded(score.f1), ""};
    for (std::int64_t answer = 0; answer < matrix.classes; ++answer) row.push_back(std::to_string(matrix.at(c, answer)));
    table.push_back(std::move(row));
  }
  return "classes of " + result.name + "\n" + aligned(table);
}

std::string slice_table(const CandidateResult& result) {
  if (result.slices.empty()) return "";
  TextTable table{{"slice", "samples"}};
  for (const Metric& metric : result.slices.front().metrics) table[0].push_back(metric.name);
  for (const SliceResult& slice : result.slices) {
    std::vector<std::string> row{slice.column + "=" + slice.value, std::to_string(slice.samples)};
    for (const Metric& metric : slice.metrics) row.push_back(cell(metric.estimate));
    table.push_back(std::move(row));
  }
  return "slices of " + result.name + "\n" + aligned(table);
}

std::string flip_list(const CandidateResult& result, const CandidateResult& reference, const ReportedRows& rows) {
  if (result.flips.empty()) return "";
  std::string text = std::to_string(result.flips.size()) + " samples that " + result.name + " answers differently from " + reference.name + "\n";
  TextTable table{{"row", reference.name, result.name, rows.labels == nullptr ? "" : "truth"}};
  for (std::size_t i = 0; i < std::min(result.flips.size(), shown_flips); ++i) {
    const Flip& flip = result.flips[i];
    const auto shown = [&](std::int64_t number) { return class_text(rows.class_names, number); };
    table.push_back({std::to_string(rows.first + flip.row), shown(flip.reference), shown(flip.answer),
                     rows.labels == nullptr ? "" : shown(rows.labels->classes[static_cast<std::size_t>(flip.row)])});
  }
  text += aligned(table);
  return text + (result.flips.size() > shown_flips ? "  and " + std::to_string(result.flips.size() - shown_flips) + " more, all in --format json\n" : "");
}

Json to_json(const std::vector<Metric>& metrics) {
  Json object = Json::object();
  for (const Metric& metric : metrics) {
    if (!metric.estimate) {
      object[metric.name] = nullptr;
      continue;
    }
    object[metric.name] = {{"value", metric.estimate->value}};
    if (metric.estimate->low) object[metric.name]["low"] = *metric.estimate->low;
    if (metric.estimate->high) object[metric.name]["high"] = *metric.estimate->high;
  }
  return object;
}

Json classes_json(const CandidateResult& result) {
  Json classes = Json::array();
  const ConfusionMatrix& matrix = *result.confusion;
  for (std::int64_t c = 0; c < matrix.classes; ++c) {
    const ClassScore& score = result.classes[static_cast<std::size_t>(c)];
    Json row = Json::array();
    for (std::int64_t answer = 0; answer < matrix.classes; ++answer) row.push_back(matrix.at(c, answer));
    classes.push_back({{"samples", score.support}, {"precision", score.precision}, {"recall", score.recall}, {"f1", score.f1}, {"answered_as", row}});
  }
  return classes;
}

}  // namespace

std::string evaluation_text(std::span<const CandidateResult> results, const ReportedRows& rows) {
  std::string text = std::to_string(rows.samples) + " samples; in brackets 95 % confidence intervals\n" + metric_table(results, &CandidateResult::metrics);
  if (results.size() > 1) text += "against " + results.front().name + "\n" + metric_table(results.subspan(1), &CandidateResult::against_reference);
  const CandidateResult& shipped = results.back();
  text += class_table(shipped, rows.class_names) + slice_table(shipped);
  for (const CandidateResult& result : results) text += flip_list(result, results.front(), rows);
  return text;
}

Json evaluation_json(std::span<const CandidateResult> results, const ReportedRows& rows) {
  Json root{{"samples", rows.samples}, {"first_row", rows.first}, {"class_names", rows.class_names}, {"reference", results.front().name}, {"candidates", Json::array()}};
  for (const CandidateResult& result : results) {
    Json entry{{"name", result.name}, {"metrics", to_json(result.metrics)}};
    if (&result != &results.front()) entry["against_reference"] = to_json(result.against_reference);
    if (result.confusion) entry["classes"] = classes_json(result);
    entry["slices"] = Json::array();
    for (const SliceResult& slice : result.slices)
      entry["slices"].push_back({{"column", slice.column}, {"value", slice.value}, {"samples", slice.samples}, {"metrics", to_json(slice.metrics)}});
    entry["flips"] = Json::array();
    for (const Flip& flip : result.flips) {
      Json one{{"row", rows.first + flip.row}, {"reference", flip.reference}, {"answer", flip.answer}};
      if (rows.labels != nullptr) one["truth"] = rows.labels->classes[static_cast<std::size_t>(flip.row)];
      entry["flips"].push_back(one);
    }
    root["candidates"].push_back(entry);
  }
  return root;
}

}  // namespace mote
