// The kernels of Concat and Split take the sizes of their blocks as template constants: a few geometries, bound here as
// the emitter would, against the interpreter, bit for bit.
#include <catch2/catch.hpp>

#include "concat.hpp"
#include "split.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

template <std::int32_t Outer, std::int32_t Row>
struct Blocks {
  static constexpr std::int32_t outer = Outer;
  static constexpr std::int32_t row = Row;
};

const Attrs last_but_one{{"axis", std::int64_t{-2}}};

}  // namespace

TEST_CASE("Concat: the kernel writes what the interpreter writes") {
  const Tensor a = counting({2, 1, 3}), b = counting({2, 4, 3}), c = counting({2, 2, 3});
  const Tensor whole = run_one("Concat", {{"axis", std::int64_t{1}}}, {a, b, c});
  REQUIRE(extents(whole) == std::vector<std::int64_t>{2, 7, 3});
  std::vector<float> written(42, -1.0F);
  mote_kernels::concat<3, 12, 6>(Blocks<2, 21>{}, written.data(), a.as<float>().data(), b.as<float>().data(), c.as<float>().data());
  CHECK(written == elements<float>(whole));
}

TEST_CASE("Concat of bytes along the first axis, one operand empty") {
  const Tensor a = tensor<std::int8_t>(DType::s8, {1, 2}, {1, 2}), none = tensor<std::int8_t>(DType::s8, {0, 2}, {});
  const Tensor whole = run_one("Concat", {{"axis", std::int64_t{0}}}, {a, none, a});
  std::vector<std::int8_t> written(4, -1);
  mote_kernels::concat<2, 0, 2>(Blocks<1, 4>{}, written.data(), a.as<std::int8_t>().data(), none.as<std::int8_t>().data(),
                                a.as<std::int8_t>().data());
  CHECK(written == elements<std::int8_t>(whole));
}

TEST_CASE("Split: the kernel writes what the interpreter writes, and nothing where nobody reads") {
  Attrs attrs = last_but_one;
  attrs["split"] = std::vector<std::int64_t>{1, 4, 2};
  const Tensor whole = counting({2, 7, 3});
  const auto parts = run("Split", attrs, {whole}, 3);
  REQUIRE(parts);
  std::vector<float> first(6, -1.0F), last(12, -1.0F);
  mote_kernels::split<3, 12, 6>(Blocks<2, 21>{}, whole.as<float>().data(), first.data(), nullptr, last.data());
  CHECK(first == elements<float>((*parts)[0]));
  CHECK(last == elements<float>((*parts)[2]));
}

TEST_CASE("Split and Concat undo each other") {
  Attrs attrs = last_but_one;
  attrs["split"] = std::vector<std::int64_t>{3, 1};
  const Tensor whole = counting({3, 4, 2});
  const auto parts = run("Split", attrs, {whole}, 2);
  REQUIRE(parts);
  std::vector<float> first(18), second(6), joined(24);
  mote_kernels::split<6, 2>(Blocks<3, 8>{}, whole.as<float>().data(), first.data(), second.data());
  mote_kernels::concat<6, 2>(Blocks<3, 8>{}, joined.data(), first.data(), second.data());
  CHECK(joined == elements<float>(whole));
  CHECK(elements<float>(run_one("Concat", last_but_one, {(*parts)[0], (*parts)[1]})) == elements<float>(whole));
}
