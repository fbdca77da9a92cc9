#include "passes/plan/place.hpp"

#include <optional>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

bool share_a_step(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

// May `upper` lie `distance` bytes above `lower`?
bool far_enough(const PlacementProblem& problem, std::size_t lower, std::size_t upper, std::int64_t distance) {
  if (distance >= problem.buffers[lower].bytes) return true;
  bool softened = false, allowed = true;
  for (const Separation& s : problem.separations) {
    if (s.lower != lower || s.upper != upper) continue;
    softened = true;
    allowed = allowed && (distance >= s.bytes || distance == s.exact);
  }
  return softened && allowed;
}

bool compatible(const PlacementProblem& problem, std::size_t a, std::size_t b, std::int64_t at_a, std::int64_t at_b) {
  const Buffer &first = problem.buffers[a], &second = problem.buffers[b];
  if (first.bytes == 0 || second.bytes == 0 || !share_a_step(first, second)) return true;
  return (at_b >= at_a && far_enough(problem, a, b, at_b - at_a)) ||
         (at_a >= at_b && far_enough(problem, b, a, at_a - at_b));
}

bool legal(const PlacementProblem& problem, const std::vector<std::int64_t>& offsets) {
  for (std::size_t a = 0; a < offsets.size(); ++a) {
    if (offsets[a] < 0 || offsets[a] % problem.buffers[a].alignment != 0) return false;
    for (std::size_t b = 0; b < a; ++b) {
      if (!compatible(problem, a, b, offsets[a], offsets[b])) return false;
    }
  }
  return true;
}

// Tries every offset of every buffer: slow, and obviously right.
bool fits(const PlacementProblem& problem, std::int64_t height, std::vector<std::int64_t>& offsets) {
  const std::size_t next = offsets.size();
  if (next == problem.buffers.size()) return true;
  const Buffer& buffer = problem.buffers[next];
  for (std::int64_t at = 0; at + buffer.bytes <= height; at += buffer.alignment) {
    bool free = true;
    for (std::size_t i = 0; i < next && free; ++i) free = compatible(problem, next, i, at, offsets[i]);
    if (!free) continue;
    offsets.push_back(at);
    if (fits(problem, height, offsets)) return true;
    offsets.pop_back();
  }
  return false;
}

std::int64_t optimum(const PlacementProblem& problem) {
  for (std::int64_t height = 0;; ++height) {
    std::vector<std::int64_t> offsets;
    if (fits(problem, height, offsets)) return height;
  }
}

PlacementProblem random_problem(Rng& rng, std::int64_t buffers, std::int64_t largest, std::int64_t steps) {
  PlacementProblem problem;
  for (std::int64_t i = 0; i < buffers; ++i) {
    const auto first = static_cast<std::int32_t>(rng.integer(0, steps - 1));
    const auto last = static_cast<std::int32_t>(std::min<std::int64_t>(first + rng.integer(0, 4), steps - 1));
    problem.buffers.push_back(
        {.bytes = rng.integer(0, largest), .alignment = rng.chance(4) ? 2 : 1, .first = first, .last = last});
  }
  // As a planner makes them: between a buffer that ends and one that begins at the same step.
  for (std::size_t a = 0; a < problem.buffers.size(); ++a) {
    for (std::size_t b = 0; b < problem.buffers.size(); ++b) {
      if (a == b || problem.buffers[a].last != problem.buffers[b].first || rng.chance(2)) continue;
      problem.separations.push_back({.lower = b, .upper = a, .bytes = rng.integer(0, problem.buffers[b].bytes)});
      if (rng.chance(2)) {
        problem.separations.push_back({.lower = a, .upper = b, .bytes = rng.integer(0, problem.buffers[a].bytes)});
      }
    }
  }
  return problem;
}

}  // namespace

TEST_CASE("small problems are placed as well as trying every offset would") {
  Rng rng(1);
  for (int i = 0; i < 400; ++i) {
    const PlacementProblem problem = random_problem(rng, rng.integer(1, 6), 5, 5);
    const PlacedBuffers placed = place(problem, 1'000'000);
    INFO("problem " << i);
    CHECK(legal(problem, placed.offsets));
    CHECK(placed.proven_optimal);
    CHECK(placed.height == optimum(problem));
    CHECK(placed.lower_bound <= placed.height);
  }
}

TEST_CASE("larger problems are placed optimally, as the search itself proves") {
  Rng rng(2);
  int proven = 0;
  const int problems = 60;
  for (int i = 0; i < problems; ++i) {
    PlacementProblem problem = random_problem(rng, 40, 4000, 30);
    problem.separations.clear();
    const PlacedBuffers placed = place(problem, 300'000);
    CHECK(legal(problem, placed.offsets));
    CHECK(placed.lower_bound <= placed.height);
    proven += placed.proven_optimal ? 1 : 0;
  }
  CHECK(proven * 100 >= problems * 95);
}

TEST_CASE("larger problems with many overlaps stay close to their bound") {
  Rng rng(4);
  std::int64_t height = 0, bound = 0;
  for (int i = 0; i < 60; ++i) {
    const PlacementProblem problem = random_problem(rng, 40, 4000, 30);
    const PlacedBuffers placed = place(problem, 300'000);
    CHECK(legal(problem, placed.offsets));
    CHECK(placed.lower_bound <= placed.height);
    height += placed.height;
    bound += placed.lower_bound;
  }
  CHECK(height * 100 <= bound * 105);
}

TEST_CASE("buffers at different times share everything, those at one time nothing") {
  CHECK(place({.buffers = {{.bytes = 10, .first = 0, .last = 0}, {.bytes = 7, .first = 1, .last = 1}}}, 1000).height ==
        10);
  CHECK(place({.buffers = {{.bytes = 10, .first = 0, .last = 1}, {.bytes = 7, .first = 1, .last = 1}}}, 1000).height ==
        17);
}

TEST_CASE("a separation lets the upper buffer begin inside the lower one, not the other way round") {
  const std::vector<Buffer> buffers{{.bytes = 10, .first = 0, .last = 1}, {.bytes = 10, .first = 1, .last = 2}};
  const PlacedBuffers placed = place({.buffers = buffers, .separations = {{.lower = 1, .upper = 0, .bytes = 3}}}, 1000);
  CHECK(placed.offsets == std::vector<std::int64_t>{3, 0});
  CHECK(placed.height == 13);
  CHECK(placed.lower_bound == 13);
}

TEST_CASE("an exact distance is used where it helps and nowhere else") {
  const std::vector<Buffer> buffers{{.bytes = 10, .first = 0, .last = 1}, {.bytes = 10, .first = 1, .last = 2}};
  const PlacedBuffers placed =
      place({.buffers = buffers, .separations = {{.lower = 1, .upper = 0, .bytes = 8, .exact = 3}}}, 1000);
  CHECK(placed.offsets == std::vector<std::int64_t>{3, 0});
  CHECK(placed.lower_bound == 13);

  Rng rng(10);
  std::int64_t height = 0, best = 0;
  for (int i = 0; i < 200; ++i) {
    PlacementProblem problem = random_problem(rng, rng.integer(1, 6), 5, 5);
    for (Separation& s : problem.separations) {
      if (s.bytes > 0 && rng.chance(2)) s.exact = rng.integer(0, s.bytes - 1);
    }
    const PlacedBuffers found = place(problem, 1'000'000);
    INFO("problem " << i);
    CHECK(legal(problem, found.offsets));
    const std::int64_t least = optimum(problem);
    CHECK(found.lower_bound <= least);
    if (found.proven_optimal) CHECK(found.height == least);
    height += found.height;
    best += least;
  }
  CHECK(height * 100 <= best * 105);
}

TEST_CASE("a search that runs out of budget keeps the best placement so far and does not claim more") {
  Rng rng(3);
  for (int i = 0; i < 30; ++i) {
    const PlacementProblem problem = random_problem(rng, 30, 1000, 12);
    const PlacedBuffers hasty = place(problem, 1);
    const PlacedBuffers patient = place(problem, 200'000);
    CHECK(legal(problem, hasty.offsets));
    CHECK(patient.height <= hasty.height);
    if (hasty.proven_optimal) CHECK(hasty.height == patient.height);
  }
}

TEST_CASE("chains of any length fit their lower bound") {
  Rng rng(12);
  PlacementProblem chain;
  for (int i = 0; i < 3000; ++i) chain.buffers.push_back({.bytes = rng.integer(1, 1000), .first = i, .last = i + 1});
  const PlacedBuffers placed = place(chain, 0);
  CHECK(legal(chain, placed.offsets));
  CHECK(placed.height == placed.lower_bound);
}

TEST_CASE("offsets respect alignment") {
  const PlacedBuffers placed = place({.buffers = {{.bytes = 3, .alignment = 1, .first = 0, .last = 0},
                                                  {.bytes = 8, .alignment = 8, .first = 0, .last = 0}}},
                                     1000);
  CHECK(placed.height == 11);
  CHECK(placed.offsets[1] % 8 == 0);
}

TEST_CASE("thousands of buffers alive together are placed without a list of their pairs") {
  Rng rng(9);
  PlacementProblem problem;
  std::int64_t sum = 0;
  for (int i = 0; i < 2000; ++i) {
    problem.buffers.push_back({.bytes = rng.integer(1, 100), .first = i, .last = 3000});
    sum += problem.buffers.back().bytes;
  }
  const PlacedBuffers placed = place(problem, 1000);
  CHECK(legal(problem, placed.offsets));
  CHECK(placed.height == sum);
  CHECK(placed.proven_optimal);
}

TEST_CASE("no buffers need no bytes") { CHECK(place({}, 10).height == 0); }
