#include "passes/quantize/calibrate/calibration_record.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "lib/support/sha256.hpp"

namespace mote {
namespace {

using Json = nlohmann::json;

std::string first_line(const std::string& key, std::string_view rest) {
  return "mote calibration " + key + " " + sha256(rest) + "\n";
}

std::string sealed(const std::string& key, const Json& content) {
  const std::string rest = content.dump();
  return first_line(key, rest) + rest;
}

// Discarded unless the text is whole and belongs to the key.
Json unsealed(const std::string& key, const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return Json(Json::value_t::discarded);
  const std::string_view rest = std::string_view(text).substr(end + 1);
  if (text.compare(0, end + 1, first_line(key, rest)) != 0) return Json(Json::value_t::discarded);
  return Json::parse(rest, nullptr, false);
}

// Members of a JSON value of any form; anything but what is asked for spoils the reader for good.
class Reader {
 public:
  [[nodiscard]] bool is_good() const { return is_good_; }

  const Json& list(const Json& json, const char* name) {
    const Json& found = member(json, name);
    return found.is_array() ? found : spoiled();
  }
  std::int64_t integer(const Json& json) {
    const bool fits = json.is_number_integer() &&
                      (!json.is_number_unsigned() || json.get<std::uint64_t>() <= std::uint64_t{INT64_MAX});
    if (!fits) spoiled();
    return fits ? json.get<std::int64_t>() : 0;
  }
  std::int64_t integer(const Json& json, const char* name) { return integer(member(json, name)); }
  double real(const Json& json, const char* name) {
    const Json& found = member(json, name);
    if (!found.is_number()) spoiled();
    return found.is_number() ? found.get<double>() : 0.0;
  }
  std::string text(const Json& json, const char* name) {
    const Json& found = member(json, name);
    if (!found.is_string()) spoiled();
    return found.is_string() ? found.get<std::string>() : std::string();
  }

 private:
  const Json& member(const Json& json, const char* name) {
    if (!json.is_object()) return spoiled();
    const auto found = json.find(name);
    return found == json.end() ? spoiled() : *found;
  }
  const Json& spoiled() {
    static const Json nothing = Json::array();
    is_good_ = false;
    return nothing;
  }

  bool is_good_ = true;
};

Json histogram_json(const Histogram& histogram) {
  const Histogram::Record record = histogram.record();
  Json bins = Json::array();  // place, count of those that are not empty
  for (std::size_t i = 0; i < record.counts.size(); ++i) {
    if (record.counts[i] == 0) continue;
    bins.push_back(i);
    bins.push_back(record.counts[i]);
  }
  return {{"bins", record.counts.size()}, {"counts", bins},         {"width", record.bin_width}, {"lowest", record.lowest},
          {"highest", record.highest},    {"count", record.count}, {"not_finite", record.not_finite}};
}

std::optional<Histogram> read_histogram(const Json& json) {
  Reader reader;
  Histogram::Record record{.counts = {},
                           .bin_width = reader.real(json, "width"),
                           .lowest = reader.real(json, "lowest"),
                           .highest = reader.real(json, "highest"),
                           .count = reader.integer(json, "count"),
                           .not_finite = reader.integer(json, "not_finite")};
  const std::int64_t bins = reader.integer(json, "bins");
  const Json& counts = reader.list(json, "counts");
  if (!reader.is_good() || bins < 0 || bins > 2 * Histogram::bins_per_side || counts.size() % 2 != 0) return std::nullopt;
  record.counts.assign(static_cast<std::size_t>(bins), 0);
  for (std::size_t i = 0; i < counts.size(); i += 2) {
    const std::int64_t place = reader.integer(counts[i]);
    if (place < 0 || place >= bins) return std::nullopt;
    record.counts[static_cast<std::size_t>(place)] = reader.integer(counts[i + 1]);
  }
  return reader.is_good() ? Histogram::restored(std::move(record)) : std::nullopt;
}

std::optional<RangeMethod> method_named(const std::string& name) {
  for (const RangeMethod method : all_range_methods())
    if (name_of(method) == name) return method;
  return std::nullopt;
}

}  // namespace

std::string observation_record(const std::string& key, const std::vector<ActivationGroup>& groups,
                               const Observation& seen) {
  Json histograms = Json::array();
  for (const ActivationGroup& group : groups) histograms.push_back(histogram_json(seen.at(group.id)));
  return sealed(key, {{"histograms", histograms}});
}

std::optional<Observation> read_observation(const std::string& key, const std::string& text,
                                            const std::vector<ActivationGroup>& groups) {
  const Json content = unsealed(key, text);
  Reader reader;
  const Json& histograms = reader.list(content, "histograms");
  if (!reader.is_good() || histograms.size() != groups.size()) return std::nullopt;
  Observation seen;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto histogram = read_histogram(histograms[i]);
    if (!histogram || histogram->empty() || histogram->not_finite() != 0) return std::nullopt;
    seen[groups[i].id] = *std::move(histogram);
  }
  return seen;
}

std::string decision_record(const std::string& key, const std::vector<GridDecision>& decisions) {
  Json list = Json::array();
  for (const GridDecision& decision : decisions) {
    list.push_back({{"method", name_of(decision.method)}, {"bits", decision.bits}});
    if (decision.error_of_8_bits) list.back()["error_of_8_bits"] = *decision.error_of_8_bits;
  }
  return sealed(key, {{"decisions", list}});
}

std::optional<std::vector<GridDecision>> read_decisions(const std::string& key, const std::string& text,
                                                        std::size_t groups) {
  const Json content = unsealed(key, text);
  Reader reader;
  const Json& list = reader.list(content, "decisions");
  if (list.size() != groups) return std::nullopt;
  std::vector<GridDecision> decisions;
  for (const Json& one : list) {
    const auto method = method_named(reader.text(one, "method"));
    const std::int64_t bits = reader.integer(one, "bits");
    if (!method || (bits != 8 && bits != 16)) return std::nullopt;
    decisions.push_back({.method = *method, .bits = static_cast<int>(bits), .error_of_8_bits = {}});
    if (one.contains("error_of_8_bits")) decisions.back().error_of_8_bits = reader.real(one, "error_of_8_bits");
  }
  if (!reader.is_good()) return std::nullopt;
  return decisions;
}

}  // namespace mote
