#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Floats = std::vector<float>;

namespace {

const float not_a_number = std::numeric_limits<float>::quiet_NaN();

const std::vector<Tensor>& three_shapes() {
  static const std::vector<Tensor> operands{floats({2, 1}, {1, 5}), floats({3}, {2, 4, 6}), floats({}, {3})};
  return operands;
}

}  // namespace

TEST_CASE("any number of operands, broadcast against each other") {
  CHECK(elements<float>(run_one("Max", {}, three_shapes())) == Floats{3, 4, 6, 5, 5, 6});
  CHECK(elements<float>(run_one("Min", {}, three_shapes())) == Floats{1, 1, 1, 2, 3, 3});
  CHECK(elements<float>(run_one("Sum", {}, three_shapes())) == Floats{6, 8, 10, 10, 12, 14});
  CHECK(elements<float>(run_one("Mean", {}, three_shapes())) ==
        Floats{2, 8.0F / 3, 10.0F / 3, 10.0F / 3, 4, 14.0F / 3});
  CHECK(extents(run_one("Sum", {}, three_shapes())) == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("one operand is the result") {
  for (const std::string_view op : {"Max", "Min", "Sum", "Mean"})
    CHECK(elements<float>(run_one(op, {}, {floats({2}, {-1, 3})})) == Floats{-1, 3});
}

TEST_CASE("sums are rounded from left to right") {
  const Floats result = elements<float>(run_one("Sum", {}, {floats({1}, {1e8F}), floats({1}, {1}), floats({1}, {-1e8F})}));
  CHECK(result == Floats{0});
}

TEST_CASE("a NaN beats every number in Max and Min, wherever it stands") {
  for (const std::string_view op : {"Max", "Min"}) {
    const Tensor number = floats({1}, {1});
    const Tensor nan = floats({1}, {not_a_number});
    CHECK(std::isnan(elements<float>(run_one(op, {}, {nan, number, number})).front()));
    CHECK(std::isnan(elements<float>(run_one(op, {}, {number, number, nan})).front()));
  }
}

TEST_CASE("integers: Sum wraps, Mean is for floats only") {
  const Tensor large = tensor<std::uint8_t>(DType::u8, {1}, {200});
  CHECK(elements<std::uint8_t>(run_one("Sum", {}, {large, large, large})) == std::vector<std::uint8_t>{88});
  CHECK(rejection("Mean", {}, {large, large}) == Code::unsupported_type);
  CHECK(rejection("Max", {}, {booleans({1}, {1})}) == Code::unsupported_type);
  CHECK(rejection("Max", {}, {large, floats({1}, {1})}) == Code::unsupported_type);
  CHECK(rejection("Sum", {}, {floats({2}, {1, 2}), floats({3}, {1, 2, 3})}) == Code::shape_mismatch);
}

TEST_CASE("Where chooses between two operands, all three broadcast") {
  const Tensor chosen = run_one("Where", {}, {booleans({2, 1}, {1, 0}), floats({3}, {1, 2, 3}), floats({}, {9})});
  CHECK(extents(chosen) == std::vector<std::int64_t>{2, 3});
  CHECK(elements<float>(chosen) == Floats{1, 2, 3, 9, 9, 9});
  CHECK(elements<std::int64_t>(run_one("Where", {}, {booleans({2}, {0, 1}), integers({2}, {1, 2}), integers({2}, {3, 4})})) ==
        std::vector<std::int64_t>{3, 2});
  CHECK(rejection("Where", {}, {floats({1}, {1}), floats({1}, {1}), floats({1}, {1})}) == Code::unsupported_type);
  CHECK(rejection("Where", {}, {booleans({1}, {1}), floats({1}, {1}), integers({1}, {1})}) == Code::unsupported_type);
}
