#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::vector<float> softmax_as_of(std::int64_t opset, Attrs attrs, const Tensor& x) {
  find_op("Softmax")->adapt(opset, attrs);
  return elements<float>(run_one("Softmax", attrs, {x}));
}

}  // namespace

TEST_CASE("Softmax normalises every row to a sum of one") {
  const auto y = elements<float>(run_one("Softmax", {}, {floats({2, 2}, {0, 0, 0, 1000})}));
  CHECK(y == std::vector<float>{0.5F, 0.5F, 0.0F, 1.0F});
}

TEST_CASE("before opset 13 Softmax normalises over its axis and all that follow") {
  const Tensor x = floats({1, 2, 2}, {0, 0, 0, 0});
  CHECK(softmax_as_of(11, {}, x) == std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F});
  CHECK(softmax_as_of(11, {{"axis", std::int64_t{2}}}, x) == std::vector<float>{0.5F, 0.5F, 0.5F, 0.5F});
  CHECK(softmax_as_of(11, {{"axis", std::int64_t{3}}}, x) == std::vector<float>{1, 1, 1, 1});
  CHECK(softmax_as_of(13, {{"axis", std::int64_t{0}}}, x) == std::vector<float>{1, 1, 1, 1});
}

TEST_CASE("LogSoftmax keeps its precision where Softmax vanishes") {
  const auto y = elements<float>(run_one("LogSoftmax", {}, {floats({1, 2}, {0, 200})}));
  CHECK(y == std::vector<float>{-200.0F, 0.0F});
}

TEST_CASE("Softmax refuses axes that are not there, and integers") {
  CHECK(rejection("Softmax", {{"axis", std::int64_t{2}}}, {counting({2, 2})}) == Code::attribute_range);
  CHECK(rejection("Softmax", {}, {counting({})}) == Code::attribute_range);
  CHECK(rejection("Softmax", {}, {integers({2}, {1, 2})}) == Code::unsupported_type);
}
