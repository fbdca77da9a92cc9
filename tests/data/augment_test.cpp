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
  CHECK(suited_augmentation(image({1, 32, 48, 3})).reach == std::vector<std::int64_t>{2, 2});
}

TEST_CASE("what is a few elements long does not move") {
  CHECK(suited_augmentation(image({1, 1, 49, 10})).shifted == std::vector<std::size_t>{2});
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

TEST_CASE("noise has the share of the sample's own deviation that was asked for") {
  Rng rng(2);
  const Tensor original = counting({1, 10000});
  Tensor noisy = original;
  augment(noisy, {.noise = 0.1F}, rng);
  const std::vector<double> before = original.to_reals(), after = noisy.to_reals();
  double squares = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) squares += std::pow(after[i] - before[i], 2) / 10000.0;
  CHECK(std::sqrt(squares) == Approx(0.1 * 10000.0 / std::sqrt(12.0)).epsilon(0.03));
}

TEST_CASE("mixing moves every element towards the other sample by the share") {
  Tensor sample = tensor<float>(DType::f32, {2}, {0.0F, 4.0F});
  mix(sample, tensor<float>(DType::f32, {2}, {8.0F, 0.0F}), 0.25F);
  CHECK(sample.to_reals() == std::vector{2.0, 3.0});
}
