#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("DepthToSpace spreads channels over blocks of pixels, in either order") {
  const Tensor x = floats({1, 8, 1, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
  const Attrs two{{"blocksize", std::int64_t{2}}};
  const Tensor dcr = run_one("DepthToSpace", two, {x});
  CHECK(extents(dcr) == std::vector<std::int64_t>{1, 2, 2, 2});
  CHECK(elements<float>(dcr) == std::vector<float>{0, 2, 4, 6, 1, 3, 5, 7});
  Attrs crd = two;
  crd["mode"] = std::string("CRD");
  CHECK(elements<float>(run_one("DepthToSpace", crd, {x})) == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("SpaceToDepth is the way back") {
  const Attrs two{{"blocksize", std::int64_t{2}}};
  const Tensor x = counting({1, 2, 4, 6});
  const Tensor y = run_one("SpaceToDepth", two, {x});
  CHECK(extents(y) == std::vector<std::int64_t>{1, 8, 2, 3});
  CHECK(elements<float>(run_one("DepthToSpace", two, {y})) == elements<float>(x));
}

TEST_CASE("blocks must divide the input evenly") {
  const Attrs two{{"blocksize", std::int64_t{2}}};
  CHECK(rejection("DepthToSpace", two, {counting({1, 6, 2, 2})}) == Code::shape_mismatch);
  CHECK(rejection("SpaceToDepth", two, {counting({1, 1, 3, 2})}) == Code::shape_mismatch);
  CHECK(rejection("SpaceToDepth", two, {counting({4, 2, 2})}) == Code::shape_mismatch);
  CHECK(rejection("DepthToSpace", {{"blocksize", std::int64_t{1}}, {"mode", std::string("RCD")}}, {counting({1, 1, 1, 1})}) ==
        Code::attribute_range);
}
