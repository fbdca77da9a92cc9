#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using List = std::vector<std::int64_t>;
using Floats = std::vector<float>;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Floats reduced(std::string_view op, const Tensor& x, const Attrs& attrs = {}) {
  return elements<float>(run_one(op, attrs, {x}));
}

}  // namespace

TEST_CASE("reductions take the named axes, counted from either end, or all of them") {
  const Tensor x = counting({2, 3, 2});
  CHECK(reduced("ReduceSum", x, {{"axes", List{1}}}) == Floats{6, 9, 24, 27});
  CHECK(reduced("ReduceSum", x, {{"axes", List{-1, 0}}}) == Floats{14, 22, 30});
  CHECK(reduced("ReduceSum", x) == Floats{66});
  CHECK(reduced("ReduceSum", x, {{"axes", List{}}}) == Floats{66});
  CHECK(extents(run_one("ReduceSum", {{"axes", List{1}}}, {x})) == List{2, 1, 2});
  CHECK(extents(run_one("ReduceSum", {{"axes", List{1}}, {"keepdims", std::int64_t{0}}}, {x})) == List{2, 2});
  CHECK(extents(run_one("ReduceSum", {{"keepdims", std::int64_t{0}}}, {x})).empty());
  CHECK(extents(run_one("ReduceSum", {}, {x})) == List{1, 1, 1});
  CHECK(reduced("ReduceSum", floats({}, {3})) == Floats{3});
  CHECK(rejection("ReduceSum", {{"axes", List{3}}}, {x}) == Code::attribute_range);
  CHECK(rejection("ReduceSum", {{"axes", List{1, -2}}}, {x}) == Code::attribute_range);
  CHECK(rejection("ReduceSum", {}, {booleans({1}, {1})}) == Code::unsupported_type);
}

TEST_CASE("noop_with_empty_axes returns the input unless axes are named") {
  const Tensor x = floats({2}, {-3, 4});
  CHECK(reduced("ReduceSumSquare", x, {{"noop_with_empty_axes", std::int64_t{1}}}) == Floats{-3, 4});
  CHECK(reduced("ReduceSumSquare", x, {{"noop_with_empty_axes", std::int64_t{1}}, {"axes", List{0}}}) == Floats{25});
}

TEST_CASE("each reduction computes its own function") {
  const Tensor x = floats({4}, {1, -2, 3, 2});
  CHECK(reduced("ReduceMean", x) == Floats{1});
  CHECK(reduced("ReduceMax", x) == Floats{3});
  CHECK(reduced("ReduceMin", x) == Floats{-2});
  CHECK(reduced("ReduceProd", x) == Floats{-12});
  CHECK(reduced("ReduceL1", x) == Floats{8});
  CHECK(reduced("ReduceSumSquare", x) == Floats{18});
  CHECK(reduced("ReduceL2", floats({2}, {3, -4})) == Floats{5});
  CHECK(reduced("ReduceLogSum", floats({2}, {1.5F, -0.5F})) == Floats{0});
  CHECK(reduced("ReduceLogSumExp", floats({2}, {7, 7}))[0] == Approx(7.0 + std::log(2.0)));
}

TEST_CASE("LogSumExp neither overflows nor loses infinities") {
  CHECK(reduced("ReduceLogSumExp", floats({2}, {1000, 1000}))[0] == Approx(1000.0 + std::log(2.0)));
  CHECK(reduced("ReduceLogSumExp", floats({2}, {-infinity, -infinity})) == Floats{-infinity});
  CHECK(reduced("ReduceLogSumExp", floats({2}, {infinity, 0})) == Floats{infinity});
  CHECK(std::isnan(reduced("ReduceLogSumExp", floats({2}, {not_a_number, 0}))[0]));
}

TEST_CASE("a NaN wins a maximum and a minimum") {
  for (const std::string_view op : {"ReduceMax", "ReduceMin"})
    CHECK(std::isnan(reduced(op, floats({3}, {1, not_a_number, 2}))[0]));
}

TEST_CASE("reductions of no elements give the neutral element") {
  const Tensor none = floats({2, 0}, {});
  const Attrs last{{"axes", List{1}}};
  CHECK(reduced("ReduceSum", none, last) == Floats{0, 0});
  CHECK(reduced("ReduceMean", none, last) == Floats{0, 0});
  CHECK(reduced("ReduceProd", none, last) == Floats{1, 1});
  CHECK(reduced("ReduceMax", none, last) == Floats{-infinity, -infinity});
  CHECK(reduced("ReduceMin", none, last) == Floats{infinity, infinity});
  CHECK(reduced("ReduceLogSumExp", none, last) == Floats{-infinity, -infinity});
  CHECK(rejection("ReduceMax", last, {integers({2, 0}, {})}) == Code::unsupported_form);
}

TEST_CASE("integers wrap, their means divide towards zero, and booleans have an order") {
  const Tensor narrow = tensor<std::int8_t>(DType::s8, {3}, {100, 100, -128});
  CHECK(elements<std::int8_t>(run_one("ReduceSum", {}, {narrow})) == std::vector<std::int8_t>{72});
  const Tensor large = tensor<std::int8_t>(DType::s8, {2}, {100, 101});
  CHECK(elements<std::int8_t>(run_one("ReduceMean", {}, {large})) == std::vector<std::int8_t>{100});
  CHECK(elements<std::int64_t>(run_one("ReduceMean", {}, {integers({2}, {-3, 0})})) == List{-1});
  CHECK(elements<std::int64_t>(run_one("ReduceL1", {}, {integers({2}, {INT64_MIN, 1})})) == List{INT64_MIN + 1});
  CHECK(elements<std::uint8_t>(run_one("ReduceMax", {}, {booleans({2}, {0, 1})})) == std::vector<std::uint8_t>{1});
  CHECK(rejection("ReduceL2", {}, {integers({1}, {4})}) == Code::unsupported_type);
}

TEST_CASE("ArgMax and ArgMin give the position along their axis") {
  const Tensor x = floats({2, 3}, {2, 5, 5, 1, 0, 0});
  const auto position = [&](std::string_view op, std::int64_t axis, std::int64_t last) {
    return elements<std::int64_t>(run_one(op, {{"axis", axis}, {"select_last_index", last}}, {x}));
  };
  CHECK(position("ArgMax", 1, 0) == List{1, 0});
  CHECK(position("ArgMax", -1, 1) == List{2, 0});
  CHECK(position("ArgMin", 1, 0) == List{0, 1});
  CHECK(position("ArgMin", 1, 1) == List{0, 2});
  CHECK(position("ArgMax", 0, 0) == List{0, 0, 0});
  CHECK(extents(run_one("ArgMax", {}, {x})) == List{1, 3});
  CHECK(extents(run_one("ArgMax", {{"keepdims", std::int64_t{0}}}, {x})) == List{3});
  const Tensor odd = floats({4}, {1, not_a_number, 9, not_a_number});
  CHECK(elements<std::int64_t>(run_one("ArgMax", {}, {odd})) == List{1});
  CHECK(elements<std::int64_t>(run_one("ArgMin", {{"select_last_index", std::int64_t{1}}}, {odd})) == List{3});
  CHECK(rejection("ArgMax", {{"axis", std::int64_t{2}}}, {x}) == Code::attribute_range);
  CHECK(rejection("ArgMax", {}, {floats({0, 2}, {})}) == Code::shape_mismatch);
}
