// What calibration keeps between runs is read back to the bit, or not at all.
#include "passes/quantize/calibrate/calibration_record.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "lib/support/rng.hpp"
#include "passes/quantize/calibrate/calibration_store.hpp"
#include "tests/passes/outlier_network.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const std::string key = "0123456789abcdef";

std::vector<ActivationGroup> three_groups() { return {{.id = 4}, {.id = 7}, {.id = 9}}; }

Observation some_observation() {
  Observation seen;
  Rng rng(5);
  std::vector<float> values(1000);
  for (float& value : values) value = rng.real(-3.0F, 50.0F);
  seen[4].add(values);
  seen[7].add(std::vector<float>(12, 0.0F));
  seen[9].add(std::vector<float>{1e-30F, -7.25F});
  return seen;
}

bool is_equal(const Histogram& a, const Histogram& b) {
  const auto x = a.record(), y = b.record();
  return x.counts == y.counts && x.bin_width == y.bin_width && x.lowest == y.lowest && x.highest == y.highest &&
         x.count == y.count && x.not_finite == y.not_finite;
}

// Everything that one changed or missing byte can make of a text.
template <class Read>
void check_damage(const std::string& text, const Read& read) {
  for (std::size_t end = 0; end < text.size(); end += 7) CHECK_FALSE(read(text.substr(0, end)));
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(read(damaged));
  }
  CHECK_FALSE(read(text + " "));
  CHECK_FALSE(read(std::string(100'000, '[')));
}

}  // namespace

TEST_CASE("Histograms come back to the bit", "[calibration_record]") {
  const Observation seen = some_observation();
  const auto again = read_observation(key, observation_record(key, three_groups(), seen), three_groups());
  REQUIRE(again);
  for (const auto& [group, histogram] : seen) CHECK(is_equal(again->at(group), histogram));
}

TEST_CASE("Decisions come back", "[calibration_record]") {
  const std::vector<GridDecision> decisions{{.method = RangeMethod::kl, .bits = 8, .error_of_8_bits = {}},
                                            {.method = RangeMethod::minmax, .bits = 16, .error_of_8_bits = 0.1 + 0.2}};
  CHECK(read_decisions(key, decision_record(key, decisions), 2) == decisions);
}

TEST_CASE("Damaged records are refused, wherever the damage is", "[calibration_record]") {
  const std::string observation = observation_record(key, three_groups(), some_observation());
  check_damage(observation, [](const std::string& text) { return read_observation(key, text, three_groups()).has_value(); });
  const std::string decisions = decision_record(key, {{.method = RangeMethod::mse, .bits = 8, .error_of_8_bits = {}}});
  check_damage(decisions, [](const std::string& text) { return read_decisions(key, text, 1).has_value(); });
}

TEST_CASE("Whole records of something else are refused", "[calibration_record]") {
  const std::string observation = observation_record(key, three_groups(), some_observation());
  CHECK_FALSE(read_observation("another", observation, three_groups()));
  CHECK_FALSE(read_observation(key, observation, {{.id = 4}}));
  CHECK_FALSE(read_decisions(key, observation, 3));
  const std::string decisions = decision_record(key, {{.method = RangeMethod::mse, .bits = 8, .error_of_8_bits = {}}});
  CHECK_FALSE(read_decisions(key, decisions, 2));
  CHECK_FALSE(read_observation(key, decisions, three_groups()));
  CHECK_FALSE(read_decisions(key, decision_record(key, {{.method = RangeMethod::mse, .bits = 4, .error_of_8_bits = {}}}), 1));
}

TEST_CASE("Calibrating from a cache gives the same graph, and other samples or options are other entries",
          "[calibration_record]") {
  std::map<std::string, std::string> kept;
  int loads = 0;
  const Graph graph = with_outlier();
  QuantizeOptions options{.samples = random_samples(graph, 32)};
  const std::string plain = print(calibrated(graph, options));
  options.samples.sha256 = "the samples";
  options.cache = {.load = [&](const std::string& wanted) -> std::optional<std::string> {
                     const auto found = kept.find(wanted);
                     loads += found == kept.end() ? 0 : 1;
                     return found == kept.end() ? std::nullopt : std::optional(found->second);
                   },
                   .store = [&](const std::string& to, const std::string& text) { kept[to] = text; },
                   .version = "1"};
  CHECK(print(calibrated(graph, options)) == plain);
  CHECK((kept.size() == 2 && loads == 0));
  CHECK(print(calibrated(graph, options)) == plain);
  CHECK((kept.size() == 2 && loads == 2));

  options.range = RangeMethod::kl;  // the same observation, another decision
  CHECK(print(calibrated(graph, options)) == print(calibrated(graph, {.samples = random_samples(graph, 32), .range = options.range})));
  CHECK(kept.size() == 3);
  options.samples.sha256 = "others";
  CHECK_FALSE(calibrated(graph, options).nodes.empty());
  CHECK(kept.size() == 5);
  options.cache.version = "2";
  CHECK_FALSE(calibrated(graph, options).nodes.empty());
  CHECK(kept.size() == 7);

  for (auto& [name, text] : kept) text[text.size() / 2] = '?';
  options.report = std::make_shared<QuantizationReport>();
  options.range.reset();
  options.samples.sha256 = "the samples";
  options.cache.version = "1";
  CHECK(print(calibrated(graph, options)) == plain);
  int warnings = 0;
  for (const Diagnostic& note : options.report->notes)
    warnings += note.code == Code::cache_ignored && note.severity == Severity::warning ? 1 : 0;
  CHECK(warnings == 2);
  CHECK(print(calibrated(graph, options)) == plain);  // replaced
  for (const Diagnostic& note : options.report->notes) CHECK(note.code != Code::cache_ignored);
}
