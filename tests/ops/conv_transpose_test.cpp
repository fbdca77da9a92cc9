#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<float>;

// The definition: every element of x adds its multiple of the kernel; `crop` leading elements are left out.
Reals scattered(const Reals& x, const Reals& w, std::int64_t stride, std::int64_t dilation, std::int64_t crop, std::size_t out) {
  Reals whole(1000, 0.0F);
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t k = 0; k < w.size(); ++k)
      whole[i * static_cast<std::size_t>(stride) + k * static_cast<std::size_t>(dilation)] += x[i] * w[k];
  return {whole.begin() + crop, whole.begin() + crop + static_cast<std::ptrdiff_t>(out)};
}

Tensor transposed(const Attrs& attrs, const Reals& x, const Reals& w) {
  const auto count = [](const Reals& values) { return static_cast<std::int64_t>(values.size()); };
  return run_one("ConvTranspose", attrs, {floats({1, 1, count(x)}, x), floats({1, 1, count(w)}, w)});
}

}  // namespace

TEST_CASE("ConvTranspose adds multiples of the kernel, whatever stride, dilation, pads and output padding") {
  const Reals x{1, -2, 3, 5}, w{1, 10, 100, 1000};
  for (const std::int64_t stride : {1, 2, 3, 5})
    for (const std::int64_t dilation : {1, 2})
      for (const std::int64_t crop : {0, 1, 3})
        for (const std::int64_t more : {0, 1}) {
          if (more >= stride) continue;
          INFO("stride " << stride << ", dilation " << dilation << ", crop " << crop << ", output padding " << more);
          const std::int64_t out = stride * 3 + more + 3 * dilation + 1 - 2 * crop;
          const Tensor y = transposed({{"strides", Integers{stride}}, {"dilations", Integers{dilation}},
                                       {"pads", Integers{crop, crop}}, {"output_padding", Integers{more}}}, x, w);
          CHECK(extents(y) == Integers{1, 1, out});
          CHECK(elements<float>(y) == scattered(x, w, stride, dilation, crop, static_cast<std::size_t>(out)));
        }
}

TEST_CASE("the extent of ConvTranspose can be given, or be the strides times the input's") {
  const Reals x{1, 2}, w{1, 1, 1};
  CHECK(elements<float>(transposed({{"strides", Integers{2}}, {"output_shape", Integers{7}}}, x, w)) == Reals{1, 1, 3, 2, 2, 0, 0});
  CHECK(elements<float>(transposed({{"strides", Integers{2}}, {"auto_pad", std::string("SAME_UPPER")}}, x, w)) == Reals{1, 1, 3, 2});
  CHECK(elements<float>(transposed({{"strides", Integers{2}}, {"auto_pad", std::string("SAME_LOWER")}}, x, w)) == Reals{1, 3, 2, 2});
}

TEST_CASE("groups of ConvTranspose have kernels of their own, outputs a bias") {
  const Tensor x = floats({1, 2, 1, 1}, {2, 3}), bias = floats({2}, {100, 200});
  const Tensor w = floats({2, 1, 1, 2}, {1, 10, 1, 10});
  const Attrs attrs{{"group", std::int64_t{2}}, {"strides", Integers{1, 2}}};
  CHECK(elements<float>(run_one("ConvTranspose", attrs, {x, w, bias})) == Reals{102, 120, 203, 230});
  const Tensor mixed = run_one("ConvTranspose", {{"strides", Integers{1, 2}}}, {x, w});
  CHECK(elements<float>(mixed) == Reals{5, 50});
}

TEST_CASE("ConvTranspose refuses weights and lists that do not fit") {
  const Tensor x = counting({1, 2, 3});
  CHECK(rejection("ConvTranspose", {}, {x, counting({3, 1, 2})}) == Code::shape_mismatch);
  CHECK(rejection("ConvTranspose", {{"pads", Integers{1}}}, {x, counting({2, 1, 2})}) == Code::attribute_range);
  CHECK(rejection("ConvTranspose", {{"pads", Integers{9, 9}}}, {x, counting({2, 1, 2})}) == Code::shape_mismatch);
  CHECK(rejection("ConvTranspose", {{"auto_pad", std::string("SAME")}}, {x, counting({2, 1, 2})}) == Code::attribute_range);
}
