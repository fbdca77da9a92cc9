#include <cmath>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Integers = std::vector<std::int64_t>;

Tensor ones(Integers extents) {
  Tensor result = Tensor::zeros(DType::f32, *Shape::make(std::move(extents)));
  for (float& value : result.as<float>()) value = 1.0F;
  return result;
}

Tensor random_floats(Rng& rng, Integers extents) {
  Tensor result = Tensor::zeros(DType::f32, *Shape::make(std::move(extents)));
  for (float& value : result.as<float>()) value = rng.real(-2.0F, 2.0F);
  return result;
}

// [a,b,c,d] with axis i of the result taken from axis order[i].
Tensor permuted(const Tensor& tensor, const Integers& order) {
  return run_one("Transpose", {{"perm", order}}, {tensor});
}

// A 2-D convolution written from the definition, over an input that is really padded with zeros: nothing in common with
// the operator's code but the formula.
struct PaddedReference {
  Integers strides, pads, dilations;
  std::int64_t group;

  [[nodiscard]] std::vector<double> operator()(const Tensor& x, const Tensor& w, const Tensor& bias) const {
    const auto& xs = x.shape;
    const auto& ws = w.shape;
    const std::int64_t height = xs[2] + pads[0] + pads[2], width = xs[3] + pads[1] + pads[3];
    std::vector<double> padded(static_cast<std::size_t>(xs[0] * xs[1] * height * width), 0.0);
    const auto element = [&](std::int64_t n, std::int64_t c, std::int64_t i, std::int64_t j) -> double& {
      return padded[static_cast<std::size_t>(((n * xs[1] + c) * height + i) * width + j)];
    };
    const auto values = x.to_reals(), weights = w.to_reals(), biases = bias.to_reals();
    for (std::size_t flat = 0; flat < values.size(); ++flat) {
      const auto at = static_cast<std::int64_t>(flat);
      element(at / (xs[1] * xs[2] * xs[3]), at / (xs[2] * xs[3]) % xs[1], at / xs[3] % xs[2] + pads[0],
              at % xs[3] + pads[1]) = values[flat];
    }
    std::vector<double> result;
    for (std::int64_t n = 0; n < xs[0]; ++n)
      for (std::int64_t oc = 0; oc < ws[0]; ++oc)
        for (std::int64_t i = 0; i + (ws[2] - 1) * dilations[0] < height; i += strides[0])
          for (std::int64_t j = 0; j + (ws[3] - 1) * dilations[1] < width; j += strides[1]) {
            double sum = biases[static_cast<std::size_t>(oc)];
            for (std::int64_t tap = 0; tap < ws[1] * ws[2] * ws[3]; ++tap) {
              const std::int64_t c = tap / (ws[2] * ws[3]), kh = tap / ws[3] % ws[2], kw = tap % ws[3];
              sum += weights[static_cast<std::size_t>(oc * ws[1] * ws[2] * ws[3] + tap)] *
                     element(n, oc / (ws[0] / group) * ws[1] + c, i + kh * dilations[0], j + kw * dilations[1]);
            }
            result.push_back(sum);
          }
    return result;
  }
};

struct RandomCase {
  Attrs attrs;
  Tensor x, w, bias;
  PaddedReference reference;
};

RandomCase random_case(Rng& rng, bool depthwise) {
  const Integers kernel{rng.integer(1, 3), rng.integer(1, 4)};
  const PaddedReference reference{{rng.integer(1, 3), rng.integer(1, 3)},
                                  {rng.integer(0, 2), rng.integer(0, 2), rng.integer(0, 2), rng.integer(0, 2)},
                                  {rng.integer(1, 2), rng.integer(1, 2)},
                                  rng.integer(1, 3)};
  const std::int64_t group_in = depthwise ? 1 : rng.integer(1, 3);
  const std::int64_t out_c = reference.group * rng.integer(1, 3);
  return {.attrs = {{"strides", reference.strides},
                    {"pads", reference.pads},
                    {"dilations", reference.dilations},
                    {"group", reference.group}},
          .x = random_floats(rng, {2, group_in * reference.group, rng.integer(6, 9), rng.integer(7, 9)}),
          .w = random_floats(rng, {out_c, group_in, kernel[0], kernel[1]}),
          .bias = random_floats(rng, {out_c}),
          .reference = reference};
}

}  // namespace

TEST_CASE("Conv agrees with the definition over a padded input") {
  Rng rng(11);
  for (int round = 0; round < 60; ++round) {
    const RandomCase random = random_case(rng, false);
    const auto given = run_one("Conv", random.attrs, {random.x, random.w, random.bias}).to_reals();
    const auto expected = random.reference(random.x, random.w, random.bias);
    REQUIRE(given.size() == expected.size());
    for (std::size_t i = 0; i < given.size(); ++i) CHECK(given[i] == Approx(expected[i]).margin(1e-4));
  }
}

TEST_CASE("Conv2d is Conv with channels last, bit for bit") {
  Rng rng(12);
  for (int round = 0; round < 40; ++round) {
    const RandomCase random = random_case(rng, false);
    const Tensor first = run_one("Conv", random.attrs, {random.x, random.w, random.bias});
    const Tensor last =
        run_one("Conv2d", random.attrs,
                {permuted(random.x, {0, 2, 3, 1}), permuted(random.w, {2, 3, 1, 0}), random.bias}, {1, 2});
    CHECK(permuted(last, {0, 3, 1, 2}).bytes == first.bytes);
  }
}

TEST_CASE("DepthwiseConv2d is Conv with one input channel per group, bit for bit") {
  Rng rng(13);
  for (int round = 0; round < 40; ++round) {
    RandomCase random = random_case(rng, true);
    const Tensor first = run_one("Conv", random.attrs, {random.x, random.w, random.bias});
    Tensor w = permuted(random.w, {2, 3, 1, 0});
    w.shape = *Shape::make({w.shape[0], w.shape[1], w.shape[3]});
    random.attrs.erase("group");
    const Tensor last =
        run_one("DepthwiseConv2d", random.attrs, {permuted(random.x, {0, 2, 3, 1}), w, random.bias}, {1, 2});
    CHECK(permuted(last, {0, 3, 1, 2}).bytes == first.bytes);
  }
}

TEST_CASE("core convolutions add the residual, then clamp") {
  const Tensor x = floats({1, 1, 3, 1}, {1, 2, 3}), w = floats({1, 1, 1, 1}, {2}), bias = floats({1}, {1});
  const Tensor residual = floats({1, 1, 3, 1}, {-10, 0.5F, 10});
  const Tensor y = run_one("Conv2d", {{"low", 0.0F}, {"high", 6.0F}}, {x, w, bias, residual}, {1, 2});
  CHECK(elements<float>(y) == std::vector<float>{0.0F, 5.5F, 6.0F});
}

TEST_CASE("auto_pad gives ceil(in / stride) outputs and puts the odd pad where its name says") {
  const Tensor x = floats({1, 1, 4}, {1, 2, 3, 4}), w = ones({1, 1, 2});
  CHECK(elements<float>(run_one("Conv", {{"auto_pad", std::string("SAME_UPPER")}}, {x, w})) ==
        std::vector<float>{3, 5, 7, 4});
  CHECK(elements<float>(run_one("Conv", {{"auto_pad", std::string("SAME_LOWER")}}, {x, w})) ==
        std::vector<float>{1, 3, 5, 7});
  CHECK(elements<float>(run_one("Conv", {{"auto_pad", std::string("VALID")}, {"strides", Integers{2}}}, {x, w})) ==
        std::vector<float>{3, 7});
}

TEST_CASE("a three-dimensional convolution sums over depth, height and width") {
  const Tensor y =
      run_one("Conv", {{"dilations", Integers{2, 1, 1}}}, {counting({1, 1, 3, 2, 2}), ones({1, 1, 2, 2, 2})});
  // Planes 0 and 2: 0+1+2+3 and 8+9+10+11.
  CHECK(elements<float>(y) == std::vector<float>{44});
  CHECK(extents(y) == Integers{1, 1, 1, 1, 1});
}

TEST_CASE("an empty batch gives an empty result") {
  CHECK(extents(run_one("Conv", {}, {ones({0, 1, 4, 4}), ones({2, 1, 3, 3})})) == Integers{0, 2, 2, 2});
}

TEST_CASE("malformed convolutions are refused") {
  const Tensor x = ones({1, 4, 5, 5}), w = ones({2, 4, 3, 3});
  CHECK(rejection("Conv", {}, {x, ones({2, 4, 3})}) == Code::shape_mismatch);          // rank of W
  CHECK(rejection("Conv", {}, {ones({1, 4}), ones({2, 4})}) == Code::shape_mismatch);  // no spatial axis
  CHECK(rejection("Conv", {}, {x, ones({2, 3, 3, 3})}) == Code::shape_mismatch);       // channels
  CHECK(rejection("Conv", {}, {x, ones({2, 4, 0, 3})}) == Code::shape_mismatch);       // empty kernel
  CHECK(rejection("Conv", {}, {x, ones({2, 4, 6, 6})}) == Code::shape_mismatch);       // window too large
  CHECK(rejection("Conv", {}, {x, w, ones({3})}) == Code::shape_mismatch);             // bias
  CHECK(rejection("Conv", {{"group", std::int64_t{4}}}, {x, ones({2, 1, 3, 3})}) == Code::shape_mismatch);
  CHECK(rejection("Conv", {{"group", std::int64_t{0}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"strides", Integers{0, 1}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"strides", Integers{1}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"pads", Integers{1, 1}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"pads", Integers{-1, 0, 0, 0}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"dilations", Integers{1, 0}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"kernel_shape", Integers{3, 2}}}, {x, w}) == Code::attribute_range);
  CHECK(rejection("Conv", {{"auto_pad", std::string("SAME")}}, {x, w}) == Code::attribute_range);
  for (const char* same : {"SAME_UPPER", "SAME_LOWER"})  // no pads make a window fit where there is nothing
    CHECK(rejection("Conv", {{"auto_pad", std::string(same)}}, {counting({1, 4, 0, 3}), w}) == Code::shape_mismatch);
  CHECK(rejection("Conv", {{"auto_pad", std::string("VALID")}, {"pads", Integers{1, 1, 1, 1}}}, {x, w}) ==
        Code::unsupported_form);
  CHECK(rejection("Conv", {{"dilations", Integers{1 << 20, 1 << 20}}, {"pads", Integers(4, 1 << 20)}},
                  {x, ones({2, 4, 2000, 1})}) == Code::limit_exceeded);
  CHECK(rejection("Conv", {}, {integers({1, 1, 3}, {1, 2, 3}), integers({1, 1, 1}, {1})}) == Code::unsupported_type);
}

TEST_CASE("malformed core convolutions are refused") {
  const Tensor x = ones({1, 5, 5, 4}), w = ones({3, 3, 4, 2});
  CHECK(rejection("Conv2d", {}, {x, w}) == Code::needs_constant);
  CHECK(rejection("Conv2d", {}, {x, ones({3, 3, 3, 2})}, 1, {1}) == Code::shape_mismatch);
  CHECK(rejection("Conv2d", {}, {x, w, ones({4})}, 1, {1, 2}) == Code::shape_mismatch);
  CHECK(rejection("Conv2d", {}, {x, w, ones({2}), ones({1, 3, 3, 4})}, 1, {1, 2}) == Code::shape_mismatch);
  CHECK(rejection("Conv2d", {{"low", 1.0F}, {"high", 0.0F}}, {x, w}, 1, {1}) == Code::attribute_range);
  CHECK(rejection("Conv2d", {{"low", std::nanf("")}}, {x, w}, 1, {1}) == Code::attribute_range);
  CHECK(rejection("DepthwiseConv2d", {}, {x, ones({3, 3, 6})}, 1, {1}) == Code::shape_mismatch);
}
