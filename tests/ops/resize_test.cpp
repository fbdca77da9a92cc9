#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Reals = std::vector<float>;
using Integers = std::vector<std::int64_t>;

Attrs with(Attrs attrs, const std::string& name, Attr value) {
  attrs[name] = std::move(value);
  return attrs;
}
Attrs text(const std::string& name, const std::string& value, Attrs attrs = {}) { return with(std::move(attrs), name, value); }

Reals resized(const Attrs& attrs, const Tensor& x) { return elements<float>(run_one("Resize", attrs, {x})); }

Attrs linear(Reals scales, const std::string& coordinates = "half_pixel") {
  return {{"mode", std::string("linear")}, {"coordinate_transformation_mode", coordinates}, {"scales", std::move(scales)}};
}

}  // namespace

TEST_CASE("Resize to the nearest neighbour repeats pixels of any type") {
  const Tensor x = tensor<std::int8_t>(DType::s8, {1, 1, 2, 2}, {1, 2, 3, 4});
  const Tensor y = run_one("Resize", {{"scales", Reals{1, 1, 2, 2}}}, {x});
  CHECK(extents(y) == Integers{1, 1, 4, 4});
  CHECK(elements<std::int8_t>(y) == std::vector<std::int8_t>{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
}

TEST_CASE("the four roundings of the nearest neighbour differ where a coordinate lies in the middle") {
  const Tensor x = floats({4}, {0, 1, 2, 3});
  Attrs halves{{"scales", Reals{0.5F}}};  // half_pixel: 0.5 and 2.5
  CHECK(resized(text("nearest_mode", "round_prefer_floor", halves), x) == Reals{0, 2});
  CHECK(resized(text("nearest_mode", "round_prefer_ceil", halves), x) == Reals{1, 3});
  CHECK(resized(text("nearest_mode", "floor", halves), x) == Reals{0, 2});
  CHECK(resized(text("nearest_mode", "ceil", halves), x) == Reals{1, 3});
}

TEST_CASE("linear interpolation follows the coordinates of its mode and repeats the ends") {
  const Tensor x = floats({2}, {0, 4});
  CHECK(resized(linear({2}), x) == Reals{0, 1, 3, 4});
  CHECK(resized(linear({2}, "asymmetric"), x) == Reals{0, 2, 4, 4});
  CHECK(resized(linear({2.5F}, "align_corners"), x) == Reals{0, 1, 2, 3, 4});
  CHECK(resized(linear({0.5F}, "pytorch_half_pixel"), x) == Reals{0});
  CHECK(resized(linear({0.5F}), x) == Reals{2});
}

TEST_CASE("one to four axes are interpolated, each by itself") {
  const Tensor cube = floats({2, 1, 2, 2}, {0, 2, 4, 6, 8, 10, 12, 14});
  const auto y = run_one("Resize", linear({2, 1, 2, 2}, "align_corners"), {cube});
  CHECK(extents(y) == Integers{4, 1, 4, 4});
  const auto values = elements<float>(y);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t k = 0; k < 4; ++k)
        CHECK(values[(i * 4 + j) * 4 + k] ==
              Approx((8.0 * static_cast<double>(i) + 4.0 * static_cast<double>(j) + 2.0 * static_cast<double>(k)) / 3.0));
}

TEST_CASE("cubic interpolation reproduces straight lines away from the ends and overshoots steps") {
  const Attrs cubic{{"mode", std::string("cubic")}, {"scales", Reals{2}}};
  const Reals line = resized(with(cubic, "cubic_coeff_a", -0.5F), counting({8}));
  for (std::size_t i = 4; i < 12; ++i) CHECK(line[i] == Approx(0.5 * static_cast<double>(i) - 0.25));
  const Reals step = resized(cubic, floats({6}, {0, 0, 0, 1, 1, 1}));
  CHECK(*std::ranges::max_element(step) > 1.0F);
}

TEST_CASE("a resize is given by sizes as well, of chosen axes, with or without the aspect ratio") {
  const Tensor x = counting({1, 2, 4, 1});
  Attrs sizes{{"axes", Integers{1, 2}}, {"sizes", Integers{4, 4}}};
  CHECK(extents(run_one("Resize", sizes, {x})) == Integers{1, 4, 4, 1});
  CHECK(extents(run_one("Resize", text("keep_aspect_ratio_policy", "not_larger", sizes), {x})) == Integers{1, 2, 4, 1});
  CHECK(extents(run_one("Resize", text("keep_aspect_ratio_policy", "not_smaller", sizes), {x})) == Integers{1, 4, 8, 1});
}

TEST_CASE("tf_crop_and_resize fills what lies outside with the extrapolation value") {
  Attrs crop = text("coordinate_transformation_mode", "tf_crop_and_resize", text("mode", "linear"));
  crop["roi"] = Reals{0.0F, 2.0F};
  crop["sizes"] = Integers{3};
  crop["extrapolation_value"] = -7.0F;
  CHECK(resized(crop, floats({3}, {0, 1, 2})) == Reals{0, 2, -7});
}

TEST_CASE("before opset 11 Resize has no roi and asymmetric coordinates, as Upsample") {
  Attrs attrs{{"roi", Reals{2.0F}}};
  find_op("Resize")->adapt(10, attrs);
  CHECK(resized(attrs, floats({2}, {1, 2})) == Reals{1, 1, 2, 2});
  CHECK(elements<float>(run_one("Upsample", {{"scales", Reals{2.0F}}, {"mode", std::string("linear")}}, {floats({2}, {0, 2})})) ==
        Reals{0, 1, 2, 2});
}

TEST_CASE("Resize refuses what it cannot do by name") {
  const Tensor x = counting({2, 2});
  const Attrs scales{{"scales", Reals{2, 2}}};
  CHECK(rejection("Resize", {}, {x}) == Code::unsupported_form);
  CHECK(rejection("Resize", with(scales, "sizes", Integers{2, 2}), {x}) == Code::unsupported_form);
  CHECK(rejection("Resize", with(scales, "antialias", std::int64_t{1}), {x}) == Code::unsupported_form);
  CHECK(rejection("Resize", text("mode", "lanczos", scales), {x}) == Code::attribute_range);
  CHECK(rejection("Resize", {{"scales", Reals{2}}}, {x}) == Code::shape_mismatch);
  CHECK(rejection("Resize", {{"scales", Reals{0.25F, 1}}}, {x}) == Code::attribute_range);
  CHECK(rejection("Upsample", {{"scales", Reals{0.5F, 1}}}, {x}) == Code::attribute_range);
  CHECK(rejection("Resize", linear({2}), {integers({2}, {1, 2})}) == Code::unsupported_type);
}

TEST_CASE("quantized interpolation keeps what is constant and rounds the rest once") {
  const Tensor x = tensor<std::int8_t>(DType::s8, {1, 2, 1}, {-128, 127});
  const auto s16 = [](std::vector<std::int64_t> shape, const std::vector<std::int16_t>& values) {
    return tensor<std::int16_t>(DType::s16, std::move(shape), values);
  };
  const Tensor rows = tensor<std::int32_t>(DType::s32, {1}, {0}), columns = tensor<std::int32_t>(DType::s32, {4}, {0, 0, 0, -1});
  const Attrs attrs{{"axis", std::int64_t{0}}, {"row_bits", std::int64_t{0}}, {"column_bits", std::int64_t{2}}, {"outside", std::int64_t{5}}};
  const Tensor y = run_one("QuantizedResample2d", attrs,
                           {x, rows, s16({1, 1}, {1}), columns, s16({4, 2}, {4, 0, 2, 2, 1, 3, 4, 0})}, {1, 2, 3, 4});
  CHECK(elements<std::int8_t>(y) == std::vector<std::int8_t>{-128, 0, 63, 5});
}

TEST_CASE("quantized interpolation refuses weights whose sums could leave 32 bits") {
  const Tensor x = tensor<std::int8_t>(DType::s8, {1, 1}, {1});
  const Tensor start = tensor<std::int32_t>(DType::s32, {1}, {0}), heavy = tensor<std::int16_t>(DType::s16, {1, 1}, {16384});
  const Attrs attrs{{"axis", std::int64_t{0}}, {"row_bits", std::int64_t{14}}, {"column_bits", std::int64_t{14}}};
  CHECK(rejection("QuantizedResample2d", attrs, {x, start, heavy, start, heavy}, 1, {1, 2, 3, 4}) == Code::integer_overflow);
}
