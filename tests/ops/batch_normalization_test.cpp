#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Floats = std::vector<float>;

namespace {

// Two channels with standard deviations 2 and 1, so that the results are whole numbers.
const Attrs exact{{"epsilon", 0.0F}};
std::vector<Tensor> operands(const Tensor& x) {
  return {x, floats({2}, {3, 1}), floats({2}, {10, 0}), floats({2}, {1, -1}), floats({2}, {4, 1})};
}

}  // namespace

TEST_CASE("BatchNormalization normalises each channel with its given statistics") {
  const Tensor x = floats({2, 2, 2}, {1, 3, -1, 0, 5, -3, 1, 2});
  CHECK(elements<float>(run_one("BatchNormalization", exact, operands(x))) == Floats{10, 13, 0, 1, 16, 4, 2, 3});
  CHECK(elements<float>(run_one("BatchNormalization", exact, operands(floats({1, 2}, {3, 3})))) == Floats{13, 4});
}

TEST_CASE("with spatial 0 every position has its own statistics") {
  Attrs attrs = exact;
  attrs["spatial"] = std::int64_t{0};
  const std::vector<Tensor> given{floats({2, 1, 2}, {1, 2, 3, 4}), floats({1, 2}, {1, 10}), floats({1, 2}, {0, 0}),
                                  floats({1, 2}, {1, 2}), floats({1, 2}, {1, 1})};
  CHECK(elements<float>(run_one("BatchNormalization", attrs, given)) == Floats{0, 0, 2, 20});
  CHECK(rejection("BatchNormalization", exact, given) == Code::shape_mismatch);
}

TEST_CASE("training takes the statistics of the batch and updates the running ones") {
  const Attrs attrs{{"epsilon", 0.0F}, {"momentum", 0.75F}, {"training_mode", std::int64_t{1}}};
  const Tensor x = floats({2, 2, 1}, {1, 0, 5, 4});
  const auto results = run("BatchNormalization", attrs, operands(x), 3);
  REQUIRE(results);
  // Batch means 3 and 2, batch variances 4 and 4.
  CHECK(elements<float>((*results)[0]) == Floats{7, -1, 13, 1});
  CHECK(elements<float>((*results)[1]) == Floats{1.5F, -0.25F});
  CHECK(elements<float>((*results)[2]) == Floats{4, 1.75F});
}

TEST_CASE("BatchNormalization refuses outputs of training without training_mode, and unfitting operands") {
  const Tensor x = floats({1, 2}, {1, 2});
  CHECK(rejection("BatchNormalization", exact, operands(x), 3) == Code::unsupported_form);
  CHECK(rejection("BatchNormalization", exact, operands(floats({1, 3}, {1, 2, 3}))) == Code::shape_mismatch);
  CHECK(rejection("BatchNormalization", exact, operands(floats({2}, {1, 2}))) == Code::shape_mismatch);
  CHECK(rejection("BatchNormalization", {{"epsilon", -1.0F}}, operands(x)) == Code::attribute_range);
}
