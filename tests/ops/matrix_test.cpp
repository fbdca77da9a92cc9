#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Integers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("Gemm scales, transposes and adds") {
  const Tensor a = floats({2, 3}, {1, 2, 3, 4, 5, 6}), b = floats({3, 2}, {1, 0, 0, 1, 1, 1});
  CHECK(elements<float>(run_one("Gemm", {}, {a, b})) == std::vector<float>{4, 5, 10, 11});
  CHECK(elements<float>(run_one("Gemm", {{"alpha", 2.0F}, {"beta", 0.5F}}, {a, b, floats({2}, {10, 20})})) ==
        std::vector<float>{13, 20, 25, 32});
  const Tensor turned_a = floats({3, 2}, {1, 4, 2, 5, 3, 6}), turned_b = floats({2, 3}, {1, 0, 1, 0, 1, 1});
  CHECK(elements<float>(run_one("Gemm", {{"transA", std::int64_t{1}}, {"transB", std::int64_t{1}}},
                                {turned_a, turned_b})) == std::vector<float>{4, 5, 10, 11});
}

TEST_CASE("the addend of Gemm is broadcast to the result") {
  const Tensor a = floats({2, 1}, {0, 0}), b = floats({1, 2}, {0, 0});
  CHECK(elements<float>(run_one("Gemm", {}, {a, b, floats({}, {7})})) == std::vector<float>{7, 7, 7, 7});
  CHECK(elements<float>(run_one("Gemm", {}, {a, b, floats({2, 1}, {1, 2})})) == std::vector<float>{1, 1, 2, 2});
  CHECK(elements<float>(run_one("Gemm", {}, {a, b, floats({1, 2}, {1, 2})})) == std::vector<float>{1, 2, 1, 2});
  CHECK(elements<float>(run_one("Gemm", {}, {a, b, floats({1}, {3})})) == std::vector<float>{3, 3, 3, 3});
}

TEST_CASE("a beta of zero ignores the addend, infinities included") {
  const Tensor c = floats({1}, {std::numeric_limits<float>::infinity()});
  CHECK(elements<float>(run_one("Gemm", {{"beta", 0.0F}}, {floats({1, 1}, {2}), floats({1, 1}, {3}), c})) ==
        std::vector<float>{6});
}

TEST_CASE("Dense is Gemm with a constant right operand, bit for bit") {
  Rng rng(31);
  for (int round = 0; round < 30; ++round) {
    const std::int64_t rows = rng.integer(1, 4), depth = rng.integer(1, 30), columns = rng.integer(1, 9);
    const auto random = [&](Integers extents) {
      Tensor result = Tensor::zeros(DType::f32, *Shape::make(std::move(extents)));
      for (float& value : result.as<float>()) value = rng.real(-1.0F, 1.0F);
      return result;
    };
    const std::vector<Tensor> operands{random({rows, depth}), random({depth, columns}), random({columns})};
    CHECK(run_one("Dense", {}, operands, {1, 2}).bytes == run_one("Gemm", {}, operands).bytes);
  }
}

TEST_CASE("MatMul broadcasts leading axes and drops those of vectors") {
  const Tensor row = floats({2}, {1, 2}), matrix = floats({2, 2}, {1, 2, 3, 4});
  CHECK(elements<float>(run_one("MatMul", {}, {row, matrix})) == std::vector<float>{7, 10});
  CHECK(elements<float>(run_one("MatMul", {}, {matrix, row})) == std::vector<float>{5, 11});
  const Tensor dot = run_one("MatMul", {}, {row, row});
  CHECK(extents(dot).empty());
  CHECK(elements<float>(dot) == std::vector<float>{5});
  CHECK(extents(run_one("MatMul", {}, {counting({2, 1, 3, 4}), counting({5, 4, 2})})) == Integers{2, 5, 3, 2});
  const Tensor batched = run_one("MatMul", {}, {counting({2, 1, 1, 2}), counting({2, 2, 1})});
  // Batches (0,0) (0,1) (1,0) (1,1): [0 1] or [2 3] times [0 1] or [2 3].
  CHECK(elements<float>(batched) == std::vector<float>{1, 3, 3, 13});
  CHECK(extents(run_one("MatMul", {}, {counting({3}), counting({4, 3, 2})})) == Integers{4, 2});
}

TEST_CASE("integer products wrap") {
  const Tensor a = tensor<std::int32_t>(DType::s32, {1, 1}, {65536}),
               b = tensor<std::int32_t>(DType::s32, {1, 1}, {65537});
  CHECK(elements<std::int32_t>(run_one("MatMul", {}, {a, b})) == std::vector<std::int32_t>{65536});
}

TEST_CASE("malformed matrix products are refused") {
  const Tensor a = counting({2, 3});
  CHECK(rejection("Gemm", {}, {a, counting({2, 3})}) == Code::shape_mismatch);
  CHECK(rejection("Gemm", {}, {counting({1, 2, 3}), counting({3, 2})}) == Code::shape_mismatch);
  CHECK(rejection("Gemm", {}, {a, counting({3, 2}), counting({3})}) == Code::shape_mismatch);
  CHECK(rejection("Gemm", {}, {a, counting({3, 2}), counting({1, 2, 2})}) == Code::shape_mismatch);
  CHECK(rejection("Gemm", {{"transA", std::int64_t{2}}}, {a, counting({3, 2})}) == Code::attribute_range);
  CHECK(rejection("Gemm", {{"alpha", std::numeric_limits<float>::infinity()}}, {a, counting({3, 2})}) ==
        Code::attribute_range);
  CHECK(rejection("Gemm", {{"alpha", 0.5F}}, {integers({1, 1}, {1}), integers({1, 1}, {1})}) == Code::unsupported_form);
  CHECK(rejection("Gemm", {}, {a, integers({3, 1}, {1, 2, 3})}) == Code::unsupported_type);
  CHECK(rejection("MatMul", {}, {a, counting({2, 3})}) == Code::shape_mismatch);
  CHECK(rejection("MatMul", {}, {counting({2, 1, 3}), counting({3, 3, 1})}) == Code::shape_mismatch);
  CHECK(rejection("MatMul", {}, {counting({}), a}) == Code::shape_mismatch);
  CHECK(rejection("Dense", {}, {a, counting({3, 2})}) == Code::needs_constant);
  CHECK(rejection("Dense", {}, {a, counting({4, 2})}, 1, {1}) == Code::shape_mismatch);
}
