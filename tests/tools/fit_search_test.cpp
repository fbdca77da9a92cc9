// How networks that were tried compare.
#include "tools/fit_search.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace mote;

namespace {

FittedNetwork answering(const Metric& by_labels, const std::optional<Estimate>& difference) {
  FittedNetwork network;
  network.results = {{}, {.metrics = {by_labels},
                          .against_reference = {{.name = "rmse_to_float", .estimate = difference, .higher_is_better = false}}}};
  return network;
}

Metric accuracy(double value) { return {.name = "accuracy", .estimate = Estimate{.value = value}}; }
Metric error(double value) { return {.name = "rmse", .estimate = Estimate{.value = value}, .higher_is_better = false}; }

}  // namespace

TEST_CASE("networks compare by the labels first, then by how close they are to the float model", "[fit]") {
  const Estimate far{.value = 2.0}, near{.value = 1.0};
  CHECK(quality_of(answering(accuracy(0.9), far)) > quality_of(answering(accuracy(0.8), near)));
  CHECK(quality_of(answering(accuracy(0.9), near)) > quality_of(answering(accuracy(0.9), far)));
  CHECK(quality_of(answering(error(0.1), far)) > quality_of(answering(error(0.2), near)));
}

TEST_CASE("a measure that is not defined for the answers counts as the worst, also where less is better", "[fit]") {
  const Estimate far{.value = 1e9}, not_a_number{.value = std::numeric_limits<double>::quiet_NaN()};
  const Metric undefined{.name = "rmse", .higher_is_better = false};
  CHECK(quality_of(answering(undefined, far)) < quality_of(answering(error(1e9), far)));
  CHECK(quality_of(answering(error(1.0), std::nullopt)) < quality_of(answering(error(1.0), far)));
  CHECK(quality_of(answering(error(1.0), not_a_number)) < quality_of(answering(error(1.0), far)));
  CHECK(quality_of(answering({.name = "accuracy"}, far)) < quality_of(answering(accuracy(0.0), far)));
}

TEST_CASE("memory that does not suffice means that the network does not fit, cycles that it misses a gate", "[fit]") {
  const FitLimits limits{.ram_bytes = 100, .flash_bytes = 1000, .cycles = 10};
  CHECK(exit_code(first_broken(limits, {.ram_bytes = 101, .flash_bytes = 1001, .cycles = 11})) == ExitCode::does_not_fit);
  CHECK(first_broken(limits, {.ram_bytes = 101, .flash_bytes = 1, .cycles = 1}) == Code::ram_exceeded);
  CHECK(first_broken(limits, {.ram_bytes = 100, .flash_bytes = 1001, .cycles = 11}) == Code::flash_exceeded);
  CHECK(exit_code(first_broken(limits, {.ram_bytes = 100, .flash_bytes = 1000, .cycles = 11})) == exit_code(Code::gate_failed));
}
