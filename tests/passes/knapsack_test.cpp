// The choice of one form for each part: optimal beside exhaustive search, within the limits, the same every time.
#include "passes/fit/knapsack.hpp"

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

using Parts = std::vector<std::vector<PartForm>>;

PartForm sum_of(const Parts& parts, const std::vector<std::size_t>& forms) {
  PartForm sum;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartForm& form = parts[i][forms[i]];
    sum.error += form.error;
    sum.flash_bytes += form.flash_bytes;
    sum.cycles += form.cycles;
  }
  return sum;
}

bool keeps(const PartForm& sum, const SumLimits& limits) {
  return sum.flash_bytes <= limits.flash_bytes && sum.cycles <= limits.cycles;
}

// The least error of all combinations within the limits.
std::optional<double> least_error(const Parts& parts, const SumLimits& limits) {
  std::optional<double> least;
  std::vector<std::size_t> forms(parts.size(), 0);
  while (true) {
    const PartForm sum = sum_of(parts, forms);
    if (keeps(sum, limits) && (!least || sum.error < *least)) least = sum.error;
    std::size_t part = 0;
    while (part < parts.size() && ++forms[part] == parts[part].size()) forms[part++] = 0;
    if (part == parts.size()) return least;
  }
}

Parts random_parts(Rng& rng) {
  Parts parts(static_cast<std::size_t>(rng.integer(1, 6)));
  for (auto& forms : parts) {
    forms.resize(static_cast<std::size_t>(rng.integer(1, 4)));
    for (PartForm& form : forms)
      form = {.error = static_cast<double>(rng.integer(0, 40)) / 8.0,
              .flash_bytes = rng.integer(-300, 500),
              .cycles = rng.integer(-1000, 3000)};
  }
  return parts;
}

}  // namespace

TEST_CASE("the choice has the least error of all that keep both limits", "[fit]") {
  Rng rng(1);
  for (int round = 0; round < 500; ++round) {
    const Parts parts = random_parts(rng);
    const SumLimits limits{.flash_bytes = rng.integer(-800, 1200), .cycles = rng.integer(-2000, 8000)};
    const auto chosen = choose_forms(parts, limits);
    const auto least = least_error(parts, limits);
    REQUIRE(chosen.has_value() == least.has_value());
    if (!chosen) continue;
    const PartForm sum = sum_of(parts, *chosen);
    CHECK(keeps(sum, limits));
    CHECK(sum.error == *least);
    CHECK(*choose_forms(parts, limits) == *chosen);
  }
}

TEST_CASE("of equal errors the choice with less flash wins, then with fewer cycles", "[fit]") {
  const Parts parts{{{.error = 1.0, .flash_bytes = 10, .cycles = 1},
                     {.error = 1.0, .flash_bytes = 5, .cycles = 9},
                     {.error = 1.0, .flash_bytes = 5, .cycles = 8}}};
  CHECK(choose_forms(parts, {}) == std::vector<std::size_t>{2});
}

TEST_CASE("a list of choices that grows too long is thinned without breaking a limit", "[fit]") {
  Rng rng(2);
  for (int round = 0; round < 20; ++round) {
    Parts parts(24);
    for (auto& forms : parts)
      for (int form = 0; form < 4; ++form)
        forms.push_back({.error = rng.real(0.0F, 1.0F), .flash_bytes = rng.integer(0, 4000), .cycles = rng.integer(0, 100'000)});
    const SumLimits limits{.flash_bytes = 40'000, .cycles = 1'200'000};
    const auto coarse = choose_forms(parts, limits, 200);
    REQUIRE(coarse);
    CHECK(keeps(sum_of(parts, *coarse), limits));
    const auto fine = choose_forms(parts, limits, 4000);
    REQUIRE(fine);
    CHECK(sum_of(parts, *coarse).error <= 1.5 * sum_of(parts, *fine).error);
  }
}

TEST_CASE("limits below the sum of the cheapest forms cannot be kept", "[fit]") {
  const Parts parts{{{.flash_bytes = 10}, {.flash_bytes = 20}}, {{.flash_bytes = 7}}};
  CHECK_FALSE(choose_forms(parts, {.flash_bytes = 16}));
  CHECK(choose_forms(parts, {.flash_bytes = 17}) == std::vector<std::size_t>{0, 0});
}
