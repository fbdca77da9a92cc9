#pragma once
#include "lib/data/data_set.hpp"

namespace mote {

struct InputSummary {
  std::string name{};
  double minimum = 0, maximum = 0, mean = 0, deviation = 0;  // over all elements of all samples, as the model sees them
  bool whole_numbers = true;                                  // every value is an integer
};

struct DataSummary {
  std::int64_t samples = 0;
  std::vector<InputSummary> inputs{};
  bool equal_rows = false;  // more than one sample, and all alike
  // Over names, types and the preprocessed samples in order: the same for the same numbers, however they are stored.
  std::string sha256{};
};

// One pass over the set, one sample in memory at a time. Finds every NaN and every number out of range (Code::bad_data).
[[nodiscard]] Result<DataSummary> summarize(const DataSet& set);

// What looks wrong, as warnings (Code::suspicious_data): fewer than `enough` samples, a constant input, equal rows, and
// bytes 0..255 in a float input without any preprocessing.
constexpr std::int64_t enough_samples = 32;
[[nodiscard]] Diagnostics warnings(const DataSet& set, const DataSummary& summary, std::int64_t enough = enough_samples);

}  // namespace mote
