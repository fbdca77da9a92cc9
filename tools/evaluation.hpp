#pragma once
#include "lib/data/classification.hpp"
#include "lib/data/labels.hpp"
#include "tools/candidate.hpp"

namespace mote {

struct Metric {
  std::string name{};
  std::optional<Estimate> estimate{};  // nothing: not defined for these samples
  bool higher_is_better = true;
};

// A sample that the candidate answers differently from the reference.
struct Flip {
  std::int64_t row = 0;
  std::int64_t reference = 0, answer = 0;  // classes
};

struct SliceResult {
  std::string column{}, value{};
  std::int64_t samples = 0;
  std::vector<Metric> metrics{};
};

struct CandidateResult {
  std::string name{};
  std::vector<Metric> metrics{};            // against the labels
  std::vector<Metric> against_reference{};  // of every candidate but the first
  std::vector<Flip> flips{};                // likewise; classification only
  std::optional<ConfusionMatrix> confusion{};
  std::vector<ClassScore> classes{};
  std::vector<SliceResult> slices{};
};

struct EvaluationOptions {
  std::optional<Labels> labels{};
  std::vector<Slicing> slicings{};
  bool classes = true;       // answers are classes: argmax and flips mean something
  std::int64_t top_k = 3;
  std::size_t output = 0;    // of the model
};

// Runs every candidate on every sample, batch by batch, and compares with the labels and with the first candidate, the
// reference. Memory grows with the answers (a class and its scores per sample), not with inputs or large outputs.
[[nodiscard]] Result<std::vector<CandidateResult>> evaluate(const DataSet& set, std::span<const Candidate> candidates,
                                                            const EvaluationOptions& options);

}  // namespace mote
