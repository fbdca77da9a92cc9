#pragma once
#include <span>
#include <string>
#include <vector>

#include "tests/conformance/vectors.hpp"

namespace mote::conformance {

enum class Verdict : std::uint8_t { passed, failed, refused };

struct Outcome {
  std::string group{}, name{};
  std::vector<std::string> operators{};  // that the model uses
  Verdict verdict = Verdict::refused;
  std::string code{};    // of a refusal: "E0201"
  std::string reason{};  // of a refusal or failure, one line
};

// Imports, interprets in single precision and compares one case.
[[nodiscard]] Outcome run_case(const VectorCase& vector_case);

// Markdown: totals, a row per operator (a case counts for every operator it uses), the failures, and the refused cases
// by code.
[[nodiscard]] std::string coverage_table(std::span<const Outcome> outcomes);

}  // namespace mote::conformance
