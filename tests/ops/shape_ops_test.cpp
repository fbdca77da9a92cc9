#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using List = std::vector<std::int64_t>;
using Floats = std::vector<float>;

TEST_CASE("Reshape resolves 0 and -1 and rejects what does not fit") {
  CHECK(extents(run_one("Reshape", {{"shape", List{0, -1}}}, {counting({2, 3, 4})})) == List{2, 12});
  CHECK(extents(run_one("Reshape", {{"shape", List{4, 0, 2}}}, {counting({2, 3, 4})})) == List{4, 3, 2});
  CHECK(extents(run_one("Reshape", {{"shape", List{}}}, {counting({1, 1})})).empty());
  CHECK(extents(run_one("Reshape", {{"shape", List{0, 7}}, {"allowzero", std::int64_t{1}}}, {counting({3, 0})})) ==
        List{0, 7});
  CHECK(elements<float>(run_one("Reshape", {{"shape", List{3, 2}}}, {counting({2, 3})})) == Floats{0, 1, 2, 3, 4, 5});

  CHECK(rejection("Reshape", {{"shape", List{-1, -1}}}, {counting({4})}) == Code::attribute_range);
  CHECK(rejection("Reshape", {{"shape", List{-2}}}, {counting({4})}) == Code::attribute_range);
  CHECK(rejection("Reshape", {{"shape", List{3, -1}}}, {counting({4})}) == Code::shape_mismatch);
  CHECK(rejection("Reshape", {{"shape", List{5}}}, {counting({4})}) == Code::shape_mismatch);
  CHECK(rejection("Reshape", {{"shape", List{4, 0}}}, {counting({4})}) == Code::shape_mismatch);
  CHECK(rejection("Reshape", {{"shape", List{0, -1}}}, {counting({0, 3})}) == Code::shape_mismatch);
  CHECK(rejection("Reshape", {{"shape", List{INT64_MAX, 3}}}, {counting({4})}) == Code::shape_mismatch);
  CHECK(rejection("Reshape", {}, {counting({4})}) == Code::attribute_range);
}

TEST_CASE("Flatten splits the axes in two groups") {
  CHECK(extents(run_one("Flatten", {}, {counting({2, 3, 4})})) == List{2, 12});
  CHECK(extents(run_one("Flatten", {{"axis", std::int64_t{0}}}, {counting({2, 3})})) == List{1, 6});
  CHECK(extents(run_one("Flatten", {{"axis", std::int64_t{2}}}, {counting({2, 3})})) == List{6, 1});
  CHECK(extents(run_one("Flatten", {{"axis", std::int64_t{-1}}}, {counting({2, 3, 4})})) == List{6, 4});
  CHECK(rejection("Flatten", {{"axis", std::int64_t{3}}}, {counting({2, 3})}) == Code::attribute_range);
}

TEST_CASE("Squeeze removes and Unsqueeze inserts axes of extent 1") {
  CHECK(extents(run_one("Squeeze", {}, {counting({1, 3, 1, 2})})) == List{3, 2});
  CHECK(extents(run_one("Squeeze", {{"axes", List{-2}}}, {counting({1, 3, 1, 2})})) == List{1, 3, 2});
  CHECK(extents(run_one("Unsqueeze", {{"axes", List{-1, 0}}}, {counting({3, 2})})) == List{1, 3, 2, 1});
  CHECK(rejection("Squeeze", {{"axes", List{1}}}, {counting({1, 3})}) == Code::shape_mismatch);
  CHECK(rejection("Unsqueeze", {{"axes", List{0, 0}}}, {counting({3})}) == Code::attribute_range);
  CHECK(rejection("Unsqueeze", {{"axes", List{3}}}, {counting({3})}) == Code::attribute_range);
  CHECK(rejection("Unsqueeze", {{"axes", List{0, 1}}}, {counting({1, 1, 1, 1, 2})}) == Code::limit_exceeded);
}

TEST_CASE("Transpose permutes axes and reverses them by default") {
  const Tensor y = run_one("Transpose", {}, {counting({2, 3})});
  CHECK(extents(y) == List{3, 2});
  CHECK(elements<float>(y) == Floats{0, 3, 1, 4, 2, 5});
  const Tensor channels_last = run_one("Transpose", {{"perm", List{0, 2, 3, 1}}}, {counting({1, 2, 2, 2})});
  CHECK(elements<float>(channels_last) == Floats{0, 4, 1, 5, 2, 6, 3, 7});
  CHECK(rejection("Transpose", {{"perm", List{0, 0}}}, {counting({2, 3})}) == Code::attribute_range);
  CHECK(rejection("Transpose", {{"perm", List{0}}}, {counting({2, 3})}) == Code::attribute_range);
  CHECK(rejection("Transpose", {{"perm", List{0, 2}}}, {counting({2, 3})}) == Code::attribute_range);
}

TEST_CASE("Concat joins along one axis") {
  const Tensor y =
      run_one("Concat", {{"axis", std::int64_t{-1}}}, {floats({2, 1}, {1, 2}), floats({2, 2}, {3, 4, 5, 6})});
  CHECK(extents(y) == List{2, 3});
  CHECK(elements<float>(y) == Floats{1, 3, 4, 2, 5, 6});
  CHECK(rejection("Concat", {{"axis", std::int64_t{0}}}, {counting({2, 1}), counting({2, 2})}) == Code::shape_mismatch);
  CHECK(rejection("Concat", {{"axis", std::int64_t{2}}}, {counting({2, 1})}) == Code::attribute_range);
  CHECK(rejection("Concat", {{"axis", std::int64_t{0}}}, {counting({2}), integers({1}, {7})}) ==
        Code::unsupported_type);
}

TEST_CASE("Split cuts by sizes, into equal parts, or with a smaller last part") {
  const auto parts = run("Split", {{"axis", std::int64_t{1}}, {"split", List{1, 2}}}, {counting({2, 3})}, 2);
  REQUIRE(parts);
  CHECK(elements<float>((*parts)[0]) == Floats{0, 3});
  CHECK(elements<float>((*parts)[1]) == Floats{1, 2, 4, 5});

  const auto equal = run("Split", {}, {counting({4})}, 2);
  REQUIRE(equal);
  CHECK(elements<float>((*equal)[1]) == Floats{2, 3});

  const auto uneven = run("Split", {{"num_outputs", std::int64_t{3}}}, {counting({7})}, 3);
  REQUIRE(uneven);
  CHECK(elements<float>((*uneven)[2]) == Floats{6});

  CHECK(rejection("Split", {}, {counting({5})}, 2) == Code::shape_mismatch);
  CHECK(rejection("Split", {{"split", List{2, 2}}}, {counting({5})}, 2) == Code::shape_mismatch);
  CHECK(rejection("Split", {{"split", List{4, 2}}}, {counting({5})}, 2) == Code::shape_mismatch);
  CHECK(rejection("Split", {{"split", List{5}}}, {counting({5})}, 2) == Code::wrong_arity);
  CHECK(rejection("Split", {{"num_outputs", std::int64_t{3}}}, {counting({6})}, 2) == Code::wrong_arity);
}

TEST_CASE("Slice counts from either end, clamps, steps and runs backwards") {
  const auto slice = [](List starts, List ends, List axes, List steps, const Tensor& x) {
    return run_one("Slice", {{"starts", starts}, {"ends", ends}, {"axes", axes}, {"steps", steps}}, {x});
  };
  CHECK(elements<float>(slice({1}, {-1}, {0}, {1}, counting({5}))) == Floats{1, 2, 3});
  CHECK(elements<float>(slice({0}, {INT64_MAX}, {0}, {2}, counting({5}))) == Floats{0, 2, 4});
  CHECK(elements<float>(slice({-1}, {INT64_MIN}, {0}, {-1}, counting({3}))) == Floats{2, 1, 0});
  CHECK(elements<float>(slice({4}, {0}, {-1}, {-2}, counting({5}))) == Floats{4, 2});
  CHECK(elements<float>(slice({-9}, {INT64_MIN}, {0}, {-1}, counting({3}))) == Floats{0});
  CHECK(elements<float>(slice({4}, {INT64_MIN}, {0}, {INT64_MIN}, counting({5}))) == Floats{4});
  CHECK(elements<float>(slice({0}, {5}, {0}, {INT64_MAX}, counting({5}))) == Floats{0});
  CHECK(extents(slice({3}, {1}, {0}, {1}, counting({5}))) == List{0});
  CHECK(extents(slice({0}, {9}, {0}, {-1}, counting({0, 2}))) == List{0, 2});
  const Tensor corner = slice({1, 0}, {3, 2}, {1, 0}, {1, 1}, counting({3, 3}));
  CHECK(elements<float>(corner) == Floats{1, 2, 4, 5});

  CHECK(rejection("Slice", {{"starts", List{0}}, {"ends", List{1, 2}}}, {counting({3})}) == Code::attribute_range);
  CHECK(rejection("Slice", {{"starts", List{0}}, {"ends", List{1}}, {"steps", List{0}}}, {counting({3})}) ==
        Code::attribute_range);
  CHECK(rejection("Slice", {{"starts", List{0, 0}}, {"ends", List{1, 1}}}, {counting({3})}) == Code::attribute_range);
}

TEST_CASE("Expand repeats along axes of extent 1, Tile along every axis") {
  const Tensor y = run_one("Expand", {{"shape", List{2, 1}}}, {floats({1, 2}, {5, 6})});
  CHECK(extents(y) == List{2, 2});
  CHECK(elements<float>(y) == Floats{5, 6, 5, 6});
  CHECK(rejection("Expand", {{"shape", List{3}}}, {counting({2})}) == Code::shape_mismatch);

  const Tensor tiled = run_one("Tile", {{"repeats", List{2, 2}}}, {floats({1, 2}, {5, 6})});
  CHECK(extents(tiled) == List{2, 4});
  CHECK(elements<float>(tiled) == Floats{5, 6, 5, 6, 5, 6, 5, 6});
  CHECK(rejection("Tile", {{"repeats", List{2}}}, {counting({1, 2})}) == Code::attribute_range);
  CHECK(rejection("Tile", {{"repeats", List{INT64_MAX}}}, {counting({2})}) == Code::limit_exceeded);
}
