#include "lib/data/augment.hpp"

#include <cmath>

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;

namespace {

TensorType image(std::vector<std::int64_t> extents) {
  return {.dtype = DType::f32, .shape = *Shape::make(std::move(extents))};
}

}  // namespace

TEST_CASE("images move along height and width, wherever the channels are") {
  CHECK(suited_augmentation(image({1, 3, 32, 48})).shifted == std::vector<std::size_t>{2, 3});
  CHECK(suited_augmentation(image({1, 32, 48, 3})).shifted == std::vector<std::size_t>{1, 2});
  CHECK(suited_augmentation(image({1, 32, 48, 3})).reach == std::vector<std::int64_t>{4, 6});
}

TEST_CASE("photographs are mirrored from side to side, spectra and digits are not") {
  CHECK(suited_augmentation(image({1, 3, 32, 48})).mirrored == 3U);
  CHECK(suited_augmentation(image({1, 32, 48, 3})).mirrored == 2U);
  CHECK_FALSE(suited_augmentation(image({1, 1, 28, 28})).mirrored.has_value());
  CHECK_FALSE(suited_augmentation(image({1, 49, 10, 1})).mirrored.has_value());
}

TEST_CASE("a mirrored sample is the other way round, in one of two") {
  Rng rng(3);
  int turned = 0;
  for (int round = 0; round < 100; ++round) {
    Tensor row = counting({1, 4});
    augment(row, {.mirrored = 1}, rng);
    const std::vector<double> values = row.to_reals();
    CHECK((values == std::vector{0.0, 1.0, 2.0, 3.0} || values == std::vector{3.0, 2.0, 1.0, 0.0}));
    turned += values[0] == 3.0 ? 1 : 0;
  }
  CHECK(turned > 30);
  CHECK(turned < 70);
}

TEST_CASE("gain is one factor for the whole sample") {
  Rng rng(4);
  Tensor row = counting({1, 4});
  augment(row, {.gain = 0.2F}, rng);
  const std::vector<double> values = row.to_reals();
  CHECK(values[1] != 1.0);
  CHECK(std::fabs(values[1] - 1.0) <= 0.2);
  CHECK(values[3] == Approx(3.0 * values[1]));
}

TEST_CASE("what is a few elements long does not move") {
  CHECK(suited_augmentation(image({1, 1, 49, 10})).shifted == std::vector<std::size_t>{2});
  CHECK(suited_augmentation(image({1, 1, 49, 10})).reach == std::vector<std::int64_t>{6});
  CHECK(suited_augmentation(image({1, 8})).shifted.empty());
}

TEST_CASE("integers stay as they are") {
  const Augmentation none = suited_augmentation({.dtype = DType::s8, .shape = *Shape::make({1, 3, 32, 32})});
  CHECK(none.shifted.empty());
  CHECK(none.noise == 0.0F);
}

TEST_CASE("a shift repeats the edge that the content leaves") {
  Rng rng(1);
  bool left = false, right = false;
  for (int round = 0; round < 20; ++round) {
    Tensor row = counting({1, 4});
    augment(row, {.shifted = {1}, .reach = {1}}, rng);
    const std::vector<double> values = row.to_reals();
    left = left || values == std::vector{1.0, 2.0, 3.0, 3.0};
    right = right || values == std::vector{0.0, 0.0, 1.0, 2.0};
  }
  CHECK(left);
  CHECK(right);
}

TEST_CASE("noise has up to the share of the sample's own deviation that was asked for") {
  Rng rng(2);
  const Tensor original = counting({1, 1000});
  const std::vector<double> before = original.to_reals();
  double smallest = 1.0, largest = 0.0;
  for (int round = 0; round < 100; ++round) {
    Tensor noisy = original;
    augment(noisy, {.noise = 0.1F}, rng);
    const std::vector<double> after = noisy.to_reals();
    double squares = 0.0;
    for (std::size_t i = 0; i < before.size(); ++i) squares += std::pow(after[i] - before[i], 2) / 1000.0;
    const double share = std::sqrt(squares) / (1000.0 / std::sqrt(12.0));
    smallest = std::min(smallest, share);
    largest = std::max(largest, share);
  }
  CHECK(smallest < 0.01);
  CHECK(largest == Approx(0.1).epsilon(0.1));
}

TEST_CASE("mixing moves every element towards the other sample by the share") {
  Tensor sample = tensor<float>(DType::f32, {2}, {0.0F, 4.0F});
  mix(sample, tensor<float>(DType::f32, {2}, {8.0F, 0.0F}), 0.25F);
  CHECK(sample.to_reals() == std::vector{2.0, 3.0});
}
