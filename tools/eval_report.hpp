#pragma once
#include "tools/command.hpp"
#include "tools/evaluation.hpp"

namespace mote {

// An evaluation as tables, and as JSON. `labels`: to name the truth of samples that flipped.
[[nodiscard]] std::string evaluation_text(std::span<const CandidateResult> results, const Labels* labels,
                                          std::int64_t samples, std::int64_t first_row);
[[nodiscard]] Json evaluation_json(std::span<const CandidateResult> results, const Labels* labels, std::int64_t samples,
                                   std::int64_t first_row);

}  // namespace mote
