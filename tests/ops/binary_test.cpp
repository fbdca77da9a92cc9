#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Floats = std::vector<float>;
using Bytes8 = std::vector<std::int8_t>;
using Truths = std::vector<std::uint8_t>;

namespace {

const float not_a_number = std::numeric_limits<float>::quiet_NaN();

Floats of_floats(std::string_view op, const Floats& a, const Floats& b) {
  const auto count = static_cast<std::int64_t>(a.size());
  return elements<float>(run_one(op, {}, {floats({count}, a), floats({count}, b)}));
}

Bytes8 of_bytes(std::string_view op, const Bytes8& a, const Bytes8& b) {
  const auto count = static_cast<std::int64_t>(a.size());
  return elements<std::int8_t>(run_one(op, {}, {tensor(DType::s8, {count}, a), tensor(DType::s8, {count}, b)}));
}

Truths of_truths(std::string_view op, const Truths& a, const Truths& b) {
  return elements<std::uint8_t>(run_one(op, {}, {booleans({4}, a), booleans({4}, b)}));
}

Truths compared(std::string_view op, const Floats& a, const Floats& b) {
  const auto count = static_cast<std::int64_t>(a.size());
  return elements<std::uint8_t>(run_one(op, {}, {floats({count}, a), floats({count}, b)}));
}

}  // namespace

TEST_CASE("arithmetic of floats") {
  CHECK(of_floats("Add", {1, 2.5F}, {3, -1}) == Floats{4, 1.5F});
  CHECK(of_floats("Sub", {1, 2.5F}, {3, -1}) == Floats{-2, 3.5F});
  CHECK(of_floats("Mul", {3, -2}, {0.5F, 4}) == Floats{1.5F, -8});
  CHECK(of_floats("Div", {3, -2, 1}, {2, 4, 0}) == Floats{1.5F, -0.5F, std::numeric_limits<float>::infinity()});
}

TEST_CASE("integers wrap, divide towards zero, and divided by zero give 0") {
  CHECK(of_bytes("Add", {127, -128}, {1, -1}) == Bytes8{-128, 127});
  CHECK(of_bytes("Sub", {-128, 5}, {1, 7}) == Bytes8{127, -2});
  CHECK(of_bytes("Mul", {100, -3}, {3, 5}) == Bytes8{44, -15});
  CHECK(of_bytes("Div", {7, -7, 7, -128, 5}, {2, 2, -2, -1, 0}) == Bytes8{3, -3, -3, -128, 0});
}

TEST_CASE("operands are broadcast against each other from the last axis") {
  const Tensor row = floats({3}, {10, 20, 30});
  const Tensor column = floats({2, 1}, {1, 2});
  const Tensor sum = run_one("Add", {}, {row, column});
  CHECK(extents(sum) == std::vector<std::int64_t>{2, 3});
  CHECK(elements<float>(sum) == Floats{11, 21, 31, 12, 22, 32});
  CHECK(elements<float>(run_one("Sub", {}, {column, floats({}, {1})})) == Floats{0, 1});
  CHECK(extents(run_one("Mul", {}, {floats({0, 3}, {}), row})) == std::vector<std::int64_t>{0, 3});
  CHECK(rejection("Add", {}, {row, floats({2}, {1, 2})}) == Code::shape_mismatch);
}

TEST_CASE("PRelu scales negative numbers by a slope that is broadcast to them") {
  CHECK(of_floats("PRelu", {-2, 3, 0}, {0.5F, 9, 9}) == Floats{-1, 3, 0});
  CHECK(elements<float>(run_one("PRelu", {}, {floats({2, 2}, {-1, -1, 1, -1}), floats({2, 1}, {2, 3})})) ==
        Floats{-2, -2, 1, -3});
  CHECK(rejection("PRelu", {}, {floats({2}, {1, 2}), floats({3, 2}, {1, 1, 1, 1, 1, 1})}) == Code::shape_mismatch);
}

TEST_CASE("comparisons are false where an operand is NaN") {
  const Floats a{1, 2, 3, not_a_number};
  const Floats b{2, 2, 2, 2};
  CHECK(compared("Equal", a, b) == Truths{0, 1, 0, 0});
  CHECK(compared("Less", a, b) == Truths{1, 0, 0, 0});
  CHECK(compared("LessOrEqual", a, b) == Truths{1, 1, 0, 0});
  CHECK(compared("Greater", a, b) == Truths{0, 0, 1, 0});
  CHECK(compared("GreaterOrEqual", a, b) == Truths{0, 1, 1, 0});
}

TEST_CASE("unsigned integers are compared as unsigned") {
  const Tensor large = tensor<std::uint8_t>(DType::u8, {1}, {200});
  const Tensor small = tensor<std::uint8_t>(DType::u8, {1}, {100});
  CHECK(elements<std::uint8_t>(run_one("Greater", {}, {large, small})) == Truths{1});
}

TEST_CASE("truth tables") {
  const Truths a{0, 0, 1, 1}, b{0, 1, 0, 1};
  CHECK(of_truths("And", a, b) == Truths{0, 0, 0, 1});
  CHECK(of_truths("Or", a, b) == Truths{0, 1, 1, 1});
  CHECK(of_truths("Xor", a, b) == Truths{0, 1, 1, 0});
  CHECK(of_truths("Equal", a, b) == Truths{1, 0, 0, 1});
}

TEST_CASE("element types that a function is not defined for are refused") {
  const Tensor truth = booleans({1}, {1});
  const Tensor number = floats({1}, {1});
  CHECK(rejection("Add", {}, {truth, truth}) == Code::unsupported_type);
  CHECK(rejection("And", {}, {number, number}) == Code::unsupported_type);
  CHECK(rejection("Less", {}, {truth, truth}) == Code::unsupported_type);
  CHECK(rejection("Mul", {}, {number, integers({1}, {1})}) == Code::unsupported_type);
}
