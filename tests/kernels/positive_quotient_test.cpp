// Quotients of integers as float32 bits, against division in double precision: rounded to float it rounds right, as a
// quotient of numbers below 2^26 is never closer than 2^-52 of itself to the middle of two floats.
#include "positive_quotient.hpp"

#include <catch2/catch.hpp>
#include <random>

using mote_kernels::bits_of;
using mote_kernels::positive_quotient;

namespace {

uint32_t divided(uint32_t n, uint32_t d) { return bits_of(static_cast<float>(static_cast<double>(n) / static_cast<double>(d))); }

}  // namespace

TEST_CASE("every share of a leaf of up to 300 samples in a forest of up to 100 trees is the float32 quotient") {
  for (const uint32_t trees : {1u, 3u, 10u, 50u, 100u})
    for (uint32_t total = 1; total <= 300; ++total)
      for (uint32_t count = 1; count <= total; ++count)
        if (positive_quotient(count, total * trees) != divided(count, total * trees))
          FAIL(count << " / (" << total << " * " << trees << ")");
  SUCCEED();
}

TEST_CASE("quotients of large numbers are rounded to nearest even") {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    const uint32_t d = 1u + static_cast<uint32_t>(random() % (1u << 26));
    const uint32_t n = 1u + static_cast<uint32_t>(random() % d);
    if (positive_quotient(n, d) != divided(n, d)) FAIL(n << " / " << d);
  }
  // Exactly between two floats: to the even one, below and above.
  CHECK(positive_quotient((1u << 24) + 1u, 1u << 25) == divided((1u << 24) + 1u, 1u << 25));
  CHECK(positive_quotient((1u << 24) + 3u, 1u << 25) == divided((1u << 24) + 3u, 1u << 25));
  CHECK(positive_quotient((1u << 25) - 1u, 1u << 25) == bits_of(1.0f));
}
