#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<float>;

Reals scattered(const char* op, const Attrs& attrs, const Tensor& data, const Tensor& indices, const Tensor& updates) {
  return elements<float>(run_one(op, attrs, {data, indices, updates}, {1}));
}

}  // namespace

TEST_CASE("ScatterND replaces the slices that its indices name, the last of equal ones wins") {
  const Tensor data = counting({3, 2}), updates = floats({2, 2}, {10, 11, 20, 21});
  CHECK(scattered("ScatterND", {}, data, integers({2, 1}, {2, 0}), updates) == Reals{20, 21, 2, 3, 10, 11});
  CHECK(scattered("ScatterND", {}, data, integers({2, 1}, {1, -2}), updates) == Reals{0, 1, 20, 21, 4, 5});
  CHECK(scattered("ScatterND", {}, data, integers({2, 2}, {0, 1, 2, 0}), floats({2}, {7, 8})) == Reals{0, 7, 2, 3, 8, 5});
}

TEST_CASE("ScatterElements replaces single elements along an axis") {
  const Tensor data = counting({2, 3}), updates = floats({1, 2}, {10, 20});
  CHECK(scattered("ScatterElements", {}, data, integers({1, 2}, {1, 0}), updates) == Reals{0, 20, 2, 10, 4, 5});
  CHECK(scattered("ScatterElements", {{"axis", std::int64_t{-1}}}, data, integers({1, 2}, {2, -3}), updates) ==
        Reals{20, 1, 10, 3, 4, 5});
}

TEST_CASE("scatters refuse indices that are not known or not there, and sums") {
  const Tensor data = counting({3, 2}), updates = counting({1, 2});
  CHECK(rejection("ScatterND", {}, {data, integers({1, 1}, {0}), updates}) == Code::needs_constant);
  CHECK(rejection("ScatterND", {}, {data, integers({1, 1}, {3}), updates}, 1, {1}) == Code::attribute_range);
  CHECK(rejection("ScatterND", {}, {data, integers({1, 3}, {0, 0, 0}), updates}, 1, {1}) == Code::shape_mismatch);
  CHECK(rejection("ScatterND", {{"reduction", std::string("add")}}, {data, integers({1, 1}, {0}), updates}, 1, {1}) ==
        Code::unsupported_form);
}
