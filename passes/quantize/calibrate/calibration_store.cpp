#include "passes/quantize/calibrate/calibration_store.hpp"

#include "lib/ops/text_form.hpp"
#include "lib/support/log.hpp"
#include "lib/support/sha256.hpp"
#include "lib/support/text.hpp"
#include "passes/quantize/calibrate/calibration_record.hpp"

namespace mote {
namespace {

constexpr std::string_view record_form = "1";  // of calibration_record.hpp

std::string patterns_text(const std::vector<std::string>& patterns) {
  std::string text;
  for (const std::string& pattern : patterns) text += " " + quoted(pattern);
  return text + "\n";
}

std::string options_text(const QuantizeOptions& options) {
  return std::string(options.range ? name_of(*options.range) : "auto") + "\n" + patterns_text(options.wide) +
         patterns_text(options.narrow);
}

}  // namespace

CalibrationStore::CalibrationStore(const Graph& graph, const QuantizeOptions& options) : cache_(options.cache) {
  if (!cache_.load || !cache_.store || options.samples.sha256.empty()) return;
  observation_key_ = sha256("observation " + std::string(record_form) + "\n" + cache_.version + "\n" +
                            options.samples.sha256 + " " + std::to_string(options.samples.count) + "\n" +
                            print(graph, ConstantText::by_hash));
  decision_key_ = sha256("decisions\n" + observation_key_ + "\n" + options_text(options));
}

std::optional<std::string> CalibrationStore::load(const std::string& key) const {
  return key.empty() ? std::nullopt : cache_.load(key);
}

void CalibrationStore::warn(const std::string& key) {
  notes_.push_back({.severity = Severity::warning,
                    .code = Code::cache_ignored,
                    .message = "the stored calibration " + key.substr(0, 16) + " is damaged; it is computed anew",
                    .where = {},
                    .help = {"--no-cache leaves the cache alone"}});
}

std::optional<Observation> CalibrationStore::observation(const std::vector<ActivationGroup>& groups) {
  const auto text = load(observation_key_);
  if (!text) return std::nullopt;
  auto seen = read_observation(observation_key_, *text, groups);
  if (seen)
    log_step("calibration: what the samples give is in the cache");
  else
    warn(observation_key_);
  return seen;
}

void CalibrationStore::keep(const std::vector<ActivationGroup>& groups, const Observation& seen) {
  if (!observation_key_.empty())
    cache_.store(observation_key_, observation_record(observation_key_, groups, seen));
}

std::optional<std::vector<GridDecision>> CalibrationStore::decisions(const std::vector<ActivationGroup>& groups) {
  const auto text = load(decision_key_);
  if (!text) return std::nullopt;
  auto decisions = read_decisions(decision_key_, *text, groups.size());
  if (decisions)
    log_step("calibration: the choice of ranges is in the cache");
  else
    warn(decision_key_);
  return decisions;
}

void CalibrationStore::keep(const std::vector<GridDecision>& decisions) {
  if (!decision_key_.empty()) cache_.store(decision_key_, decision_record(decision_key_, decisions));
}

}  // namespace mote
