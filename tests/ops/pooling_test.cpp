#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Integers = std::vector<std::int64_t>;

// Windows over one axis by the definition: the input positions, -1 for a padded tap, of every output.
std::vector<Integers> windows(std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t begin,
                              std::int64_t end, std::int64_t dilation, bool ceil_mode) {
  std::vector<Integers> all;
  for (std::int64_t start = -begin;; start += stride) {
    const std::int64_t last = start + (kernel - 1) * dilation;
    const bool hangs_over = last >= in + end;
    // With ceil_mode one more window hangs over, unless it would start in the trailing pad.
    if (hangs_over && (!ceil_mode || start >= in || all.empty() || last - stride >= in + end - 1)) break;
    Integers taps;
    for (std::int64_t tap = start; tap <= last; tap += dilation)
      if (tap < in + end) taps.push_back(tap < 0 || tap >= in ? -1 : tap);
    all.push_back(taps);
  }
  return all;
}

float maximum(const Integers& taps, const std::vector<float>& x) {
  float best = -std::numeric_limits<float>::infinity();
  for (const std::int64_t tap : taps)
    if (tap >= 0) best = std::max(best, x[static_cast<std::size_t>(tap)]);
  return best;
}

double mean(const Integers& taps, const std::vector<float>& x, bool count_pads) {
  double sum = 0.0, count = 0.0;
  for (const std::int64_t tap : taps) {
    if (tap >= 0) sum += static_cast<double>(x[static_cast<std::size_t>(tap)]);
    if (tap >= 0 || count_pads) count += 1.0;
  }
  return count > 0.0 ? sum / count : 0.0;
}

const Attrs window_2x2{{"kernel_shape", Integers{2, 2}}};

}  // namespace

TEST_CASE("one-dimensional pooling agrees with the list of its windows") {
  Rng rng(21);
  for (int round = 0; round < 200; ++round) {
    const std::int64_t kernel = rng.integer(1, 4), stride = rng.integer(1, 4), dilation = rng.integer(1, 2);
    const std::int64_t begin = rng.integer(0, kernel - 1), end = rng.integer(0, kernel - 1);
    const std::int64_t in = (kernel - 1) * dilation + 1 + rng.integer(0, 9);
    const bool ceil_mode = rng.chance(2), count_pads = rng.chance(2);
    Attrs attrs{{"kernel_shape", Integers{kernel}},
                {"strides", Integers{stride}},
                {"pads", Integers{begin, end}},
                {"dilations", Integers{dilation}},
                {"ceil_mode", std::int64_t{ceil_mode}}};
    std::vector<float> values(static_cast<std::size_t>(in));
    for (float& value : values) value = rng.real(-1.0F, 1.0F);
    const Tensor x = floats({1, 1, in}, values);
    const auto expected = windows(in, kernel, stride, begin, end, dilation, ceil_mode);
    INFO("in " << in << " kernel " << kernel << " stride " << stride << " pads " << begin << "," << end << " dilation "
               << dilation << " ceil " << ceil_mode);

    const auto largest = elements<float>(run_one("MaxPool", attrs, {x}));
    REQUIRE(largest.size() == expected.size());
    for (std::size_t i = 0; i < largest.size(); ++i) CHECK(largest[i] == maximum(expected[i], values));

    attrs["count_include_pad"] = std::int64_t{count_pads};
    const auto average = elements<float>(run_one("AveragePool", attrs, {x}));
    REQUIRE(average.size() == expected.size());
    for (std::size_t i = 0; i < average.size(); ++i)
      CHECK(static_cast<double>(average[i]) == Approx(mean(expected[i], values, count_pads)).margin(1e-6));
  }
}

TEST_CASE("core pooling is ONNX pooling with channels last, bit for bit") {
  Rng rng(22);
  for (int round = 0; round < 40; ++round) {
    const Integers kernel{rng.integer(1, 3), rng.integer(1, 3)};
    Attrs attrs{{"strides", Integers{rng.integer(1, 2), rng.integer(1, 3)}},
                {"pads", Integers{rng.integer(0, kernel[0] - 1), rng.integer(0, kernel[1] - 1), 0, 0}},
                {"ceil_mode", rng.integer(0, 1)}};
    Tensor x = Tensor::zeros(DType::f32, *Shape::make({2, 3, 5, 6}));
    for (float& value : x.as<float>()) value = rng.real(-1.0F, 1.0F);
    const Tensor last = run_one("Transpose", {{"perm", Integers{0, 2, 3, 1}}}, {x});
    Attrs onnx = attrs;
    onnx["kernel_shape"] = kernel;
    attrs["kernel"] = kernel;
    for (const auto& [core, name] : {std::pair{"MaxPool2d", "MaxPool"}, std::pair{"AveragePool2d", "AveragePool"}}) {
      const Tensor turned = run_one("Transpose", {{"perm", Integers{0, 3, 1, 2}}}, {run_one(core, attrs, {last})});
      CHECK(turned.bytes == run_one(name, onnx, {x}).bytes);
    }
  }
}

TEST_CASE("MaxPool tells where each maximum lies in the flattened input") {
  const Tensor x = floats({1, 2, 2, 3}, {1, 9, 2, 3, 4, 8, 5, 5, 5, 5, 5, 5});
  const auto row_major = run("MaxPool", window_2x2, {x}, 2);
  REQUIRE(row_major);
  CHECK(elements<float>((*row_major)[0]) == std::vector<float>{9, 9, 5, 5});
  CHECK(elements<std::int64_t>((*row_major)[1]) == Integers{1, 1, 6, 7});  // of equal taps the first
  Attrs attrs = window_2x2;
  attrs["storage_order"] = std::int64_t{1};
  const auto column_major = run("MaxPool", attrs, {x}, 2);
  REQUIRE(column_major);
  CHECK(elements<std::int64_t>((*column_major)[1]) == Integers{2, 2, 6, 8});
}

TEST_CASE("a NaN in its window is the maximum") {
  const float nan = std::nanf("");
  const auto y =
      elements<float>(run_one("MaxPool", {{"kernel_shape", Integers{2}}}, {floats({1, 1, 4}, {1, nan, 3, 4})}));
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
  CHECK(y[2] == 4.0F);
}

TEST_CASE("integers are pooled as they are") {
  const Tensor x = tensor<std::int8_t>(DType::s8, {1, 1, 4}, {-128, -5, 7, 127});
  CHECK(elements<std::int8_t>(run_one("MaxPool", {{"kernel_shape", Integers{2}}, {"strides", Integers{2}}}, {x})) ==
        std::vector<std::int8_t>{-5, 127});
}

TEST_CASE("global pooling covers every spatial axis") {
  const Tensor x = counting({1, 2, 2, 3});
  const Tensor mean_of = run_one("GlobalAveragePool", {}, {x});
  CHECK(extents(mean_of) == Integers{1, 2, 1, 1});
  CHECK(elements<float>(mean_of) == std::vector<float>{2.5F, 8.5F});
  CHECK(elements<float>(run_one("GlobalMaxPool", {}, {x})) == std::vector<float>{5.0F, 11.0F});
}

TEST_CASE("malformed pooling is refused") {
  const Tensor x = counting({1, 1, 4, 4});
  CHECK(rejection("MaxPool", {}, {x}) == Code::attribute_range);  // kernel_shape is required
  CHECK(rejection("MaxPool", {{"kernel_shape", Integers{2}}}, {x}) == Code::attribute_range);
  CHECK(rejection("MaxPool", {{"kernel_shape", Integers{0, 2}}}, {x}) == Code::attribute_range);
  CHECK(rejection("MaxPool", {{"kernel_shape", Integers{5, 2}}}, {x}) == Code::shape_mismatch);
  CHECK(rejection("MaxPool", window_2x2, {counting({4, 4})}) == Code::shape_mismatch);
  CHECK(rejection("MaxPool", {{"kernel_shape", Integers{1 << 18, 1 << 18}}, {"pads", Integers(4, 1 << 18)}}, {x}) ==
        Code::limit_exceeded);
  CHECK(rejection("AveragePool", window_2x2, {integers({1, 1, 2, 2}, {1, 2, 3, 4})}) == Code::unsupported_type);
  CHECK(rejection("GlobalAveragePool", {}, {Tensor::zeros(DType::f32, *Shape::make({1, 2, 0}))}) ==
        Code::shape_mismatch);
  CHECK(rejection("GlobalMaxPool", {}, {counting({1, 2})}) == Code::shape_mismatch);
}
