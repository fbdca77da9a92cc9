#pragma once
#include "tools/command.hpp"
#include "tools/evaluation.hpp"

namespace mote {

// What was evaluated.
struct ReportedRows {
  std::int64_t samples = 0, first = 0;        // rows of the data
  const Labels* labels = nullptr;             // to name the truth of samples that flipped
  std::vector<std::string> class_names{};     // empty: classes are shown by their numbers
};

// An evaluation as tables, and as JSON.
[[nodiscard]] std::string evaluation_text(std::span<const CandidateResult> results, const ReportedRows& rows);
[[nodiscard]] Json evaluation_json(std::span<const CandidateResult> results, const ReportedRows& rows);

}  // namespace mote
