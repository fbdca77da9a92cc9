#include "lib/data/summary.hpp"

#include <algorithm>
#include <cmath>

#include "lib/support/sha256.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

// Welford's update: stable for any number of values.
struct Moments {
  std::int64_t count = 0;
  double mean = 0, squares = 0;
  void add(double value) {
    ++count;
    const double before = value - mean;
    mean += before / static_cast<double>(count);
    squares += before * (value - mean);
  }
};

void add(const Tensor& tensor, InputSummary& summary, Moments& moments) {
  for (const double value : tensor.to_reals()) {
    summary.minimum = moments.count == 0 ? value : std::min(summary.minimum, value);
    summary.maximum = moments.count == 0 ? value : std::max(summary.maximum, value);
    summary.whole_numbers = summary.whole_numbers && value == std::floor(value);
    moments.add(value);
  }
}

Diagnostic warning(const DataSet::Input& input, std::string message, std::string help) {
  return {.severity = Severity::warning,
          .code = Code::suspicious_data,
          .message = std::move(message),
          .where = {.file = input.file, .node = {}, .op_type = {}, .value = input.name},
          .help = {std::move(help)}};
}

bool looks_like_bytes(const DataSet::Input& input, const InputSummary& summary) {
  return is_float(input.type.dtype) && !input.preprocess.given && summary.whole_numbers && summary.minimum >= 0 &&
         summary.maximum > 127 && summary.maximum <= 255;
}

}  // namespace

Result<DataSummary> summarize(const DataSet& set) {
  DataSummary summary{.samples = set.size(), .inputs = {}, .equal_rows = set.size() > 1, .sha256 = {}};
  std::vector<Moments> moments(set.inputs().size());
  Sha256 hash;
  for (const DataSet::Input& input : set.inputs()) {
    summary.inputs.push_back({.name = input.name});
    hash.add(quoted(input.name) + " " + std::string(name_of(input.type.dtype)) + " " + input.type.shape.text() + "\n");
  }
  std::vector<Tensor> first;
  for (std::int64_t row = 0; row < set.size(); ++row) {
    MOTE_TRY(std::vector<Tensor> sample, set.sample(row));
    for (std::size_t i = 0; i < sample.size(); ++i) {
      add(sample[i], summary.inputs[i], moments[i]);
      hash.add(sample[i].bytes);
      if (row > 0) summary.equal_rows = summary.equal_rows && sample[i].bytes == first[i].bytes;
    }
    if (row == 0) first = std::move(sample);
  }
  for (std::size_t i = 0; i < moments.size(); ++i) {
    summary.inputs[i].mean = moments[i].mean;
    summary.inputs[i].deviation = moments[i].count == 0 ? 0 : std::sqrt(moments[i].squares / static_cast<double>(moments[i].count));
  }
  summary.sha256 = std::move(hash).digest();
  return summary;
}

Diagnostics warnings(const DataSet& set, const DataSummary& summary, std::int64_t enough) {
  Diagnostics found;
  if (summary.samples < enough)
    found.push_back(warning(set.inputs().front(), "only " + std::to_string(summary.samples) + " samples",
                            "a few hundred that look like real use give dependable numbers"));
  if (summary.equal_rows)
    found.push_back(warning(set.inputs().front(), "all " + std::to_string(summary.samples) + " samples are equal",
                            "check what wrote the file"));
  for (std::size_t i = 0; i < summary.inputs.size(); ++i) {
    const InputSummary& input = summary.inputs[i];
    if (input.minimum == input.maximum)
      found.push_back(warning(set.inputs()[i], "every value is " + number_text(input.minimum), "check what wrote the file"));
    if (looks_like_bytes(set.inputs()[i], input))
      found.push_back(warning(set.inputs()[i],
                              "the values are whole numbers from " + number_text(input.minimum) + " to " +
                                  number_text(input.maximum) + ", like raw image bytes",
                              "if the model wants [0, 1] or [-1, 1], give scale and mean in mote.toml; if it takes bytes, "
                              "scale = 1 says so"));
  }
  return found;
}

}  // namespace mote
