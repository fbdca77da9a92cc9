#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "lib/quant/histogram.hpp"
#include "lib/quant/range.hpp"
#include "lib/support/rng.hpp"

using namespace mote;

namespace {

// Sums of twelve uniform numbers: close to normal, the same on every machine.
std::vector<float> normal_values(std::uint64_t seed, std::size_t count) {
  Rng rng(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    value = -6.0F;
    for (int i = 0; i < 12; ++i) value += rng.real(0.0F, 1.0F);
  }
  return values;
}

Histogram histogram_of(const std::vector<float>& values) {
  Histogram histogram;
  histogram.add(values);
  return histogram;
}

}  // namespace

TEST_CASE("A histogram does not depend on the order of the stream nor on how it was split") {
  std::vector<float> values = normal_values(1, 3000);
  values.push_back(1000.0F);  // makes every bin double many times
  Histogram at_once = histogram_of(values);
  Histogram backwards, first, second;
  for (std::size_t i = values.size(); i-- > 0;) backwards.add({&values[i], 1});
  first.add(std::span(values).first(100));
  second.add(std::span(values).subspan(100));
  first.add(second);
  for (const Histogram* other : {&backwards, &first}) {
    CHECK(other->bin_width() == at_once.bin_width());
    CHECK(std::ranges::equal(other->counts(), at_once.counts()));
    CHECK(other->lowest() == at_once.lowest());
    CHECK(other->highest() == 1000.0);
    CHECK(other->count() == 3001);
  }
}

TEST_CASE("Zeros that came before any other value are counted") {
  Histogram histogram;
  histogram.add(std::vector<float>(10, 0.0F));
  CHECK(histogram.counts().empty());
  histogram.add(std::vector<float>{1.0F});
  std::int64_t counted = 0;
  for (const std::int64_t count : histogram.counts()) counted += count;
  CHECK(counted == 11);
}

TEST_CASE("Values that are not finite are counted apart and change nothing else") {
  Histogram histogram;
  histogram.add(std::vector<float>{1.0F, std::nanf(""), std::numeric_limits<float>::infinity(), -2.0F});
  CHECK(histogram.not_finite() == 2);
  CHECK(histogram.count() == 2);
  CHECK(histogram.highest() == 1.0);
  CHECK(histogram.lowest() == -2.0);
}

TEST_CASE("Quantiles are right to within a bin") {
  const Histogram histogram = histogram_of(normal_values(2, 20000));
  CHECK(histogram.quantile(0.5) == Approx(0.0).margin(0.03));
  CHECK(histogram.quantile(0.841) == Approx(1.0).margin(0.05));
}

TEST_CASE("minmax keeps an outlier; every other method cuts it off once enough values pay for it") {
  const std::vector<float> values = normal_values(3, 50000);
  Histogram histogram = histogram_of({30.0F});
  for (int i = 0; i < 20; ++i) histogram.add(values);
  CHECK(choose_range(histogram, RangeMethod::minmax, 8).high == 30.0);
  for (const RangeMethod method : {RangeMethod::percentile, RangeMethod::mse, RangeMethod::kl}) {
    const Range range = choose_range(histogram, method, 8);
    INFO(name_of(method));
    CHECK(range.high < 29.0);
    CHECK(range.high > 2.0);
    CHECK(range.low <= 0.0);
  }
}

TEST_CASE("With 16 bits there is nothing to gain by cutting") {
  CHECK(choose_range(histogram_of(normal_values(4, 1000)), RangeMethod::mse, 16).high >
        0.95 * histogram_of(normal_values(4, 1000)).highest());
}
