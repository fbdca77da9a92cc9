#include "lib/quant/rounding.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/quant/channel_multipliers.hpp"
#include "lib/support/rng.hpp"

using namespace mote;

namespace {

std::int64_t level_of(const Rounding& rounding, const RoundingTask& task, std::int64_t accumulator) {
  const std::int64_t shifted = (accumulator + rounding.offset) * (std::int64_t{1} << task.accumulator_shift);
  return (shifted * rounding.multiplier) >> 32;
}

// How many of the accumulators around the zero point, in steps of one, get another level than the nearest, and how far.
struct Misses {
  std::int64_t count = 0, worst = 0, compared = 0;
};
Misses misses_of(const Rounding& rounding, const RoundingTask& task) {
  Misses misses;
  const auto reach = static_cast<std::int64_t>(64.0 / task.factor);
  for (std::int64_t accumulator = -reach; accumulator <= reach; ++accumulator) {
    const auto nearest =
        static_cast<std::int64_t>(std::floor(static_cast<double>(accumulator) * task.factor + task.zero_point + 0.5));
    if (nearest < task.lowest || nearest > task.highest) continue;
    const std::int64_t apart = std::abs(level_of(rounding, task, accumulator) - nearest);
    misses.count += apart != 0;
    misses.worst = std::max(misses.worst, apart);
    ++misses.compared;
  }
  return misses;
}

Rounding plain(const RoundingTask& task) {
  return {.offset = static_cast<std::int64_t>(std::nearbyint((task.zero_point + 0.5) / task.factor)),
          .multiplier = task.multiplier};
}

}  // namespace

namespace {

struct Comparison {
  std::int64_t chosen = 0, nearest = 0, compared = 0, worst = 0;
};
Comparison compare(std::int64_t lowest_zero, std::int64_t highest_zero) {
  Rng rng(3);
  Comparison result;
  for (int round = 0; round < 100; ++round) {
    const double factor = std::exp2(-static_cast<double>(rng.real(3.0F, 12.0F)));
    const auto requantized = channel_multipliers(std::vector{factor});
    REQUIRE(requantized);
    const RoundingTask task{.factor = factor,
                            .zero_point = static_cast<double>(rng.integer(lowest_zero, highest_zero)),
                            .accumulator_shift = requantized->accumulator_shift,
                            .multiplier = requantized->multiplier[0]};
    const Misses found = misses_of(choose_rounding(task), task);
    result.chosen += found.count;
    result.worst = std::max(result.worst, found.worst);
    result.nearest += misses_of(plain(task), task).count;
    result.compared += found.compared;
  }
  return result;
}

}  // namespace

TEST_CASE("behind a ReLU, whose zero point is low, hardly any accumulator misses the nearest level") {
  const Comparison result = compare(-128, -96);
  INFO(result.chosen << " of " << result.compared << " missed, " << result.nearest << " with the nearest offset");
  CHECK(result.compared > 100000);
  CHECK(result.worst <= 1);
  CHECK(5 * result.chosen < result.nearest);
}

TEST_CASE("whatever the zero point, the chosen rounding misses less than the nearest offset") {
  const Comparison result = compare(-128, 127);
  CHECK(result.worst <= 1);
  CHECK(result.chosen < result.nearest);
}

TEST_CASE("a factor of which the offset is whole needs no search") {
  const RoundingTask task{.factor = 0.25, .zero_point = -128.0, .accumulator_shift = 0, .multiplier = 1 << 30};
  const Rounding rounding = choose_rounding(task);
  CHECK(rounding.offset == -510);
  CHECK(rounding.multiplier == 1 << 30);
}
