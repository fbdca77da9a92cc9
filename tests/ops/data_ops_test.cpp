#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using List = std::vector<std::int64_t>;
using Floats = std::vector<float>;
using Truths = std::vector<std::uint8_t>;

namespace {

// TensorProto.DataType of ONNX.
constexpr std::int64_t onnx_u8 = 2, onnx_s8 = 3, onnx_s32 = 6, onnx_string = 8, onnx_bool = 9, onnx_float16 = 10;

Attrs to(std::int64_t type) { return {{"to", type}}; }

template <class T>
Literal scalar(DType dtype, T value) {
  return {.type = {.dtype = dtype, .shape = {}},
          .data = std::make_shared<const Bytes>(tensor<T>(dtype, {1}, {value}).bytes)};
}
Literal scalar(std::int64_t value) { return scalar(DType::s64, value); }
Literal scalar(float value) { return scalar(DType::f32, value); }

template <class T>
Attrs range(T start, T limit, T delta) {
  return {{"start", scalar(start)}, {"limit", scalar(limit)}, {"delta", scalar(delta)}};
}

std::string why_cast_fails(std::int64_t type) {
  const auto result = run("Cast", to(type), {floats({1}, {0})});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::unsupported_type);
  return result.error().message;
}

}  // namespace

TEST_CASE("Cast truncates towards zero and saturates") {
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor x = floats({7}, {1.9F, -1.9F, 300, -300, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()});
  CHECK(elements<std::int8_t>(run_one("Cast", to(onnx_s8), {x})) ==
        std::vector<std::int8_t>{1, -1, 127, -128, 127, -128, 0});
  CHECK(elements<std::uint8_t>(run_one("Cast", to(onnx_u8), {x})) == Truths{1, 0, 255, 0, 255, 0, 0});
  CHECK(elements<std::uint8_t>(run_one("Cast", to(onnx_bool), {floats({3}, {0, -0.0F, 0.1F})})) == Truths{0, 0, 1});
}

TEST_CASE("Cast of integers to narrower ones keeps the low bits") {
  CHECK(elements<std::int8_t>(run_one("Cast", to(onnx_s8), {integers({3}, {300, -129, 5})})) ==
        std::vector<std::int8_t>{44, 127, 5});
  CHECK(elements<std::int32_t>(run_one("Cast", to(onnx_s32), {booleans({2}, {0, 1})})) ==
        std::vector<std::int32_t>{0, 1});
}

TEST_CASE("Cast names the type that it refuses") {
  CHECK(why_cast_fails(onnx_float16).find("float16") != std::string::npos);
  CHECK(why_cast_fails(onnx_string).find("string") != std::string::npos);
  CHECK(why_cast_fails(16).find("bfloat16") != std::string::npos);
  CHECK(why_cast_fails(17).find("float8e4m3fn") != std::string::npos);
  CHECK(why_cast_fails(99).find("99") != std::string::npos);
  CHECK(rejection("Cast", {}, {floats({1}, {0})}) == Code::attribute_range);
}

TEST_CASE("CastLike takes the type of its second operand") {
  const Tensor result = run_one("CastLike", {}, {floats({2}, {2.5F, -2.5F}), integers({1}, {0})});
  CHECK(result.dtype == DType::s64);
  CHECK(elements<std::int64_t>(result) == List{2, -2});
}

TEST_CASE("Gather replaces the axis by the shape of the indices") {
  const Tensor x = counting({3, 4});
  const Tensor rows = run_one("Gather", {}, {x, integers({2}, {2, 0})});
  CHECK(extents(rows) == List{2, 4});
  CHECK(elements<float>(rows) == Floats{8, 9, 10, 11, 0, 1, 2, 3});

  const Tensor columns = run_one("Gather", {{"axis", std::int64_t{-1}}}, {x, integers({1, 2}, {3, 1})});
  CHECK(extents(columns) == List{3, 1, 2});
  CHECK(elements<float>(columns) == Floats{3, 1, 7, 5, 11, 9});

  CHECK(extents(run_one("Gather", {}, {x, integers({}, {1})})) == List{4});
}

TEST_CASE("Gather counts negative indices from the back and limits those out of range at run time") {
  const Tensor x = counting({4});
  const Tensor indices = integers({6}, {-1, -4, -5, 4, INT64_MAX, INT64_MIN});
  CHECK(elements<float>(run_one("Gather", {}, {x, indices})) == Floats{3, 0, 0, 3, 3, 0});
  CHECK(rejection("Gather", {}, {x, integers({1}, {4})}, 1, {1}) == Code::attribute_range);
  CHECK(rejection("Gather", {}, {x, integers({1}, {-5})}, 1, {1}) == Code::attribute_range);
  CHECK(rejection("Gather", {}, {x, floats({1}, {0})}) == Code::unsupported_type);
  CHECK(rejection("Gather", {}, {counting({0, 2}), integers({1}, {0})}) == Code::shape_mismatch);
  CHECK(rejection("Gather", {{"axis", std::int64_t{1}}}, {x, integers({1}, {0})}) == Code::attribute_range);
}

TEST_CASE("Shape and Size tell the type of their operand") {
  const Tensor x = counting({2, 3, 4});
  const auto part = [&](std::int64_t start, std::int64_t end) {
    return elements<std::int64_t>(run_one("Shape", {{"start", start}, {"end", end}}, {x}));
  };
  CHECK(elements<std::int64_t>(run_one("Shape", {}, {x})) == List{2, 3, 4});
  CHECK(part(1, 3) == List{3, 4});
  CHECK(part(-2, -1) == List{3});
  CHECK(part(-9, 9) == List{2, 3, 4});
  CHECK(part(2, 1).empty());
  CHECK(elements<std::int64_t>(run_one("Size", {}, {x})) == List{24});
  CHECK(elements<std::int64_t>(run_one("Size", {}, {counting({2, 0})})) == List{0});
}

TEST_CASE("ConstantOfShape repeats its value, which also decides the type") {
  CHECK(elements<float>(run_one("ConstantOfShape", {{"shape", List{2}}}, {})) == Floats{0, 0});
  const Tensor filled = run_one("ConstantOfShape", {{"shape", List{1, 2}}, {"value", scalar(std::int64_t{7})}}, {});
  CHECK(extents(filled) == List{1, 2});
  CHECK(elements<std::int64_t>(filled) == List{7, 7});
  CHECK(rejection("ConstantOfShape", {{"shape", List{-1}}}, {}) == Code::attribute_range);
  CHECK(rejection("ConstantOfShape", {{"shape", List{1 << 20, 1 << 20}}}, {}) == Code::limit_exceeded);
}

TEST_CASE("Range stops in front of its limit") {
  const auto whole = [](std::int64_t start, std::int64_t limit, std::int64_t delta) {
    return elements<std::int64_t>(run_one("Range", range(start, limit, delta), {}));
  };
  CHECK(whole(3, 9, 3) == List{3, 6});
  CHECK(whole(10, 4, -2) == List{10, 8, 6});
  CHECK(whole(1, 1, 1).empty());
  CHECK(whole(5, 1, 1).empty());
  CHECK(whole(INT64_MIN, INT64_MAX, INT64_MAX) == List{INT64_MIN, -1, INT64_MAX - 1});
  CHECK(elements<float>(run_one("Range", range(1.0F, 2.25F, 0.5F), {})) == Floats{1, 1.5F, 2});
  CHECK(rejection("Range", range(std::int64_t{0}, std::int64_t{1}, std::int64_t{0}), {}) == Code::attribute_range);
  CHECK(rejection("Range", range(std::int64_t{0}, INT64_MAX, std::int64_t{1}), {}) == Code::limit_exceeded);
  CHECK(rejection("Range", range(0.0F, 1e30F, 1.0F), {}) == Code::limit_exceeded);
}

TEST_CASE("Dropout keeps everything") {
  const auto results = run("Dropout", {{"ratio", 0.9F}}, {counting({3})}, 2);
  REQUIRE(results);
  CHECK(elements<float>((*results)[0]) == Floats{0, 1, 2});
  CHECK((*results)[1].dtype == DType::boolean);
  CHECK(elements<std::uint8_t>((*results)[1]) == Truths{1, 1, 1});
  CHECK(rejection("Dropout", {{"training_mode", std::int64_t{1}}}, {counting({3})}) == Code::unsupported_form);
  const Attrs training_without_drops{{"training_mode", std::int64_t{1}}, {"ratio", 0.0F}};
  CHECK(elements<float>(run_one("Dropout", training_without_drops, {counting({3})})) == Floats{0, 1, 2});
}

TEST_CASE("Dropout of opset 6 is training unless it says that it is a test") {
  const auto training_mode = [](std::int64_t opset, Attrs attrs) {
    find_op("Dropout")->adapt(opset, attrs);
    CHECK_FALSE(attrs.contains("is_test"));
    return attrs.contains("training_mode") && std::get<std::int64_t>(attrs.at("training_mode")) != 0;
  };
  CHECK_FALSE(training_mode(6, {{"is_test", std::int64_t{1}}}));
  CHECK(training_mode(6, {{"is_test", std::int64_t{0}}}));
  CHECK(training_mode(6, {}));
  CHECK_FALSE(training_mode(7, {}));
}
