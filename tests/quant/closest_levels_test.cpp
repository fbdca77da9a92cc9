// Rounding several numbers at once: against every possible rounding where there are few.
#include "lib/quant/closest_levels.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

struct Problem {
  std::vector<double> moments{}, centre{};
};

// Second moments of inputs that go together, as neighbouring pixels do; centres anywhere between -range and range.
Problem random_problem(Rng& rng, std::size_t count, float range) {
  Problem problem{.moments = std::vector<double>(count * count, 0.0), .centre = {}};
  for (std::size_t row = 0; row < 3 * count; ++row) {
    const float common = rng.real(-2.0F, 2.0F);
    std::vector<double> x;
    for (std::size_t i = 0; i < count; ++i) x.push_back(static_cast<double>(common + rng.real(-1.0F, 1.0F)));
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j) problem.moments[i * count + j] += x[i] * x[j];
  }
  for (std::size_t i = 0; i < count; ++i) problem.centre.push_back(static_cast<double>(rng.real(-range, range)));
  return problem;
}

double quadratic(const Problem& problem, const ClosestLevels::Levels& levels) {
  const std::size_t count = levels.size();
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < count; ++j)
      sum += problem.moments[i * count + j] * (problem.centre[i] - levels[i]) * (problem.centre[j] - levels[j]);
  return sum;
}

// The least over every choice of levels from lowest to highest.
double least_of_all(const Problem& problem, std::int32_t lowest, std::int32_t highest) {
  ClosestLevels::Levels levels(problem.centre.size(), lowest);
  double least = quadratic(problem, levels);
  while (true) {
    std::size_t digit = 0;
    while (digit < levels.size() && levels[digit] == highest) levels[digit++] = lowest;
    if (digit == levels.size()) return least;
    ++levels[digit];
    least = std::min(least, quadratic(problem, levels));
  }
}

ClosestLevels::Levels nearest_each(const Problem& problem, std::int32_t lowest, std::int32_t highest) {
  ClosestLevels::Levels levels;
  for (const double value : problem.centre)
    levels.push_back(std::clamp(static_cast<std::int32_t>(std::nearbyint(value)), lowest, highest));
  return levels;
}

}  // namespace

TEST_CASE("A search that ends has found the best of all levels", "[closest-levels]") {
  Rng rng(17);
  for (int round = 0; round < 60; ++round) {
    const Problem problem = random_problem(rng, 5, 4.0F);
    const ClosestLevels closest(problem.moments, 5, -3, 3);  // centres reach beyond the box
    ClosestLevels::Levels levels = closest.successive(problem.centre);
    closest.search(problem.centre, levels, 100000);
    CHECK(quadratic(problem, levels) == Approx(least_of_all(problem, -3, 3)));
    CHECK(std::ranges::all_of(levels, [](std::int32_t level) { return level >= -3 && level <= 3; }));
  }
}

TEST_CASE("At four bits together beats each alone by far, and search is within a percent of the best", "[closest-levels]") {
  Rng rng(5);
  double nearest = 0.0, successive = 0.0, descended = 0.0, searched = 0.0, best = 0.0;
  for (int round = 0; round < 12; ++round) {
    const Problem problem = random_problem(rng, 6, 7.0F);
    const ClosestLevels closest(problem.moments, 6, -7, 7);
    nearest += quadratic(problem, nearest_each(problem, -7, 7));
    ClosestLevels::Levels levels = closest.successive(problem.centre);
    successive += quadratic(problem, levels);
    closest.descend(problem.centre, levels, 3);
    descended += quadratic(problem, levels);
    closest.search(problem.centre, levels, 4000);
    searched += quadratic(problem, levels);
    // Nothing better is further than two levels from the centre: all of those are tried.
    Problem near = problem;
    for (double& value : near.centre) value -= std::floor(value);
    best += least_of_all(near, -2, 3);
  }
  INFO("sums: nearest " << nearest << ", successive " << successive << ", descended " << descended << ", searched "
                        << searched << ", best " << best);
  CHECK(successive < 0.6 * nearest);
  CHECK(descended <= successive);
  CHECK(searched <= descended);
  CHECK(searched <= 1.01 * best);
}

TEST_CASE("Every step improves on the one before, whatever the size", "[closest-levels]") {
  Rng rng(23);
  for (const std::size_t count : {1U, 2U, 16U, 40U, 90U}) {
    const Problem problem = random_problem(rng, count, 127.0F);
    const ClosestLevels closest(problem.moments, count, -127, 127);
    const ClosestLevels::Levels nearest = nearest_each(problem, -127, 127);
    ClosestLevels::Levels from_nearest = nearest, levels = closest.successive(problem.centre);
    CHECK(closest.distance(problem.centre, nearest) == Approx(quadratic(problem, nearest)));
    CHECK(quadratic(problem, levels) <= quadratic(problem, nearest) * (1.0 + 1e-9));
    closest.descend(problem.centre, from_nearest, 3);
    CHECK(quadratic(problem, from_nearest) <= quadratic(problem, nearest) * (1.0 + 1e-9));
    const double before = quadratic(problem, levels);
    closest.search(problem.centre, levels, 500);  // stops in the middle
    CHECK(quadratic(problem, levels) <= before * (1.0 + 1e-9));
  }
}

TEST_CASE("Inputs that have nothing to do with each other leave every number at its nearest level", "[closest-levels]") {
  const std::vector<double> moments{2.0, 0.0, 0.0, 0.5}, centre{1.4, -200.0};
  const ClosestLevels closest(moments, 2, -127, 127);
  ClosestLevels::Levels levels = closest.successive(centre);
  closest.descend(centre, levels, 3);
  closest.search(centre, levels, 100);
  CHECK(levels == ClosestLevels::Levels{1, -127});
}
