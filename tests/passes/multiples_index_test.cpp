// Rows of numbers find what they are multiples of, without being compared with all.
#include "passes/prune/multiples_index.hpp"

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

using Rows = std::vector<std::vector<double>>;

Rows random_rows(std::size_t count, std::size_t numbers, std::uint64_t seed) {
  Rng rng(seed);
  Rows rows(count, std::vector<double>(numbers));
  for (auto& row : rows)
    for (double& number : row) number = static_cast<double>(rng.real(-1.0F, 1.0F));
  return rows;
}

std::vector<double> times(double factor, std::vector<double> row) {
  for (double& number : row) number = static_cast<double>(static_cast<float>(factor * number));
  return row;
}

// Those that have nothing to be a multiple of are entered.
std::vector<std::uint32_t> firsts_of(MultiplesIndex& index, const Rows& rows) {
  std::vector<std::uint32_t> firsts;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const auto found = index.find(rows[i]);
    if (!found) index.enter(i, rows[i]);
    firsts.push_back(found ? found->first : i);
  }
  return firsts;
}

}  // namespace

TEST_CASE("every multiple is found, whatever its factor and place, and nothing else") {
  for (const std::size_t numbers : {2U, 5U, 300U})
    for (const double factor : {3.7, 0.01, 60000.0, 1.0, -0.3}) {
      INFO(numbers << " numbers, factor " << factor);
      Rows rows = random_rows(40, numbers, 7);
      for (std::size_t i = 20; i < 40; ++i) rows[i] = times(factor, rows[i - 20]);
      MultiplesIndex positive(KeptFactors::positive), any(KeptFactors::any);
      const auto of_positive = firsts_of(positive, rows), of_any = firsts_of(any, rows);
      for (std::size_t i = 20; i < 40; ++i) {
        CHECK(of_any[i] == of_any[i - 20]);
        if (factor > 0.0) CHECK(of_positive[i] == of_positive[i - 20]);
        if (factor < 0.0) CHECK(of_positive[i] == i);
      }
      if (numbers > 2)
        for (std::uint32_t i = 0; i < 20; ++i) CHECK(of_any[i] == i);
    }
}

TEST_CASE("the first of several is found, with the factor from it") {
  const Rows rows{{1, 2}, {3, 5}, {6, 10}};
  MultiplesIndex index(KeptFactors::any);
  index.enter(1, rows[1]);
  index.enter(0, rows[0]);
  index.enter(2, rows[2]);
  const auto found = index.find(std::vector<double>{-12, -20});
  REQUIRE(found);
  CHECK(found->first == 1);
  CHECK(found->factor == -4.0);
}

TEST_CASE("what is not finite has no multiples") {
  const double infinity = std::numeric_limits<double>::infinity(), none = std::numeric_limits<double>::quiet_NaN();
  for (const double odd : {infinity, -infinity, none}) {
    const std::vector<double> row{1.0, odd, 2.0};
    MultiplesIndex index(KeptFactors::any);
    index.enter(0, row);
    CHECK(!index.find(row));
    CHECK(!index.find(std::vector<double>{1.0, 1.0, 2.0}));
  }
}

TEST_CASE("rows that have little to do with each other are hardly ever compared") {
  const auto comparisons = [](const Rows& rows) {
    MultiplesIndex index(KeptFactors::any);
    firsts_of(index, rows);
    return index.comparisons();
  };
  CHECK(comparisons(random_rows(3000, 200, 3)) < 3000);  // of four and a half million
  Rows nearly_alike(1000, std::vector<double>(100, 1.0));
  for (std::size_t i = 0; i < nearly_alike.size(); ++i) nearly_alike[i].back() += 1e-3 * static_cast<double>(i);
  CHECK(comparisons(nearly_alike) < 1000);
}
