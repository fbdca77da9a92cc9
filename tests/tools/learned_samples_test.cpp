// Samples for what is judged by others than it was made from.
#include "tools/learned_samples.hpp"

#include <catch2/catch.hpp>

#include "lib/exec/held_out.hpp"

using namespace mote;

namespace {

CalibrationSamples numbered(std::int64_t count) {
  return {.count = count,
          .sample = [](std::int64_t index) -> Result<std::vector<Tensor>> {
            Tensor tensor = Tensor::zeros(DType::s64, *Shape::make({1}));
            tensor.as<std::int64_t>()[0] = index;
            return std::vector{tensor};
          },
          .sha256 = "all"};
}

}  // namespace

TEST_CASE("what training holds out is left out, all else stays in its order") {
  const std::vector<bool> held_out = held_out_of(50, 0.3);
  const CalibrationSamples learned = learned_samples(numbered(50), 0.3);
  REQUIRE(learned.count == 35);
  std::int64_t before = -1;
  for (std::int64_t i = 0; i < learned.count; ++i) {
    const std::int64_t index = learned.sample(i)->front().to_integers()[0];
    CHECK(index > before);
    CHECK_FALSE(held_out[static_cast<std::size_t>(index)]);
    before = index;
  }
  CHECK(learned.sha256 != "all");
}

TEST_CASE("a single sample is learned from") {
  CHECK(learned_samples(numbered(1), 0.2).count == 1);
  CHECK(learned_samples(numbered(1), 0.2).sha256 == "all");
}
