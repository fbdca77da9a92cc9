// Integer inference by hand: values that can be checked on paper, and the proofs at their limit and one beyond it.
#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Bytes8 = std::vector<std::int8_t>;
using Extents = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t quarter = std::int64_t{1} << 30;  // as a multiplier: 2^30 / 2^32
constexpr std::int64_t greatest = std::numeric_limits<std::int32_t>::max();

Tensor s8(Extents extents, const Bytes8& elements) { return tensor(DType::s8, std::move(extents), elements); }
Tensor s16(Extents extents, const std::vector<std::int16_t>& elements) {
  return tensor(DType::s16, std::move(extents), elements);
}
Tensor s32(Extents extents, const std::vector<std::int32_t>& elements) {
  return tensor(DType::s32, std::move(extents), elements);
}
Tensor u32(Extents extents, const std::vector<std::uint32_t>& elements) {
  return tensor(DType::u32, std::move(extents), elements);
}
Tensor zeros_of(DType dtype, Extents extents) { return Tensor::zeros(dtype, *Shape::make(std::move(extents))); }

bool accepts(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands,
             const std::vector<std::size_t>& constants = {}) {
  const auto results = run(op, attrs, operands, 1, constants);
  if (!results) CHECK(results.error().code == Code::integer_overflow);
  return static_cast<bool>(results);
}

Attrs with(Attrs attrs, const std::string& name, std::int64_t value) {
  attrs[name] = value;
  return attrs;
}

}  // namespace

TEST_CASE("Lookup reads the table at the distance from the least value of the type") {
  std::vector<std::int16_t> table;
  for (int i = 0; i < 256; ++i) table.push_back(static_cast<std::int16_t>(i * 100));
  const Tensor hundreds = s16({256}, table);
  CHECK(elements<std::int16_t>(run_one("Lookup", {}, {s8({3}, {-128, 0, 127}), hundreds}, {1})) ==
        std::vector<std::int16_t>{0, 12800, 25500});
  const Tensor bytes = tensor<std::uint8_t>(DType::u8, {2}, {0, 255});
  CHECK(elements<std::int16_t>(run_one("Lookup", {}, {bytes, hundreds}, {1})) == std::vector<std::int16_t>{0, 25500});
}

TEST_CASE("Lookup refuses short tables, computed tables and wide elements") {
  const Tensor x = s8({1}, {0}), table = zeros_of(DType::s8, {256});
  CHECK(rejection("Lookup", {}, {x, zeros_of(DType::s8, {255})}, 1, {1}) == Code::shape_mismatch);
  CHECK(rejection("Lookup", {}, {x, table}) == Code::needs_constant);
  CHECK(rejection("Lookup", {}, {s16({1}, {0}), table}, 1, {1}) == Code::unsupported_type);
  CHECK(rejection("Lookup", {}, {x, zeros_of(DType::f32, {256})}, 1, {1}) == Code::unsupported_type);
}

TEST_CASE("Requantize rounds downwards and clamps to the limits of the result") {
  const Attrs halves{{"to", std::int64_t{3}},
                     {"multiplier", std::int64_t{1}},
                     {"offset", std::int64_t{1}},
                     {"shift", std::int64_t{1}}};
  CHECK(elements<std::int8_t>(run_one("Requantize", halves, {s32({4}, {-3, -2, 1, 2})})) == Bytes8{-1, -1, 1, 1});
  const Attrs same{{"to", std::int64_t{3}}, {"multiplier", std::int64_t{1}}};
  CHECK(elements<std::int8_t>(run_one("Requantize", same, {s16({2}, {30000, -30000})})) == Bytes8{127, -128});
  const Tensor unsigned_result = run_one("Requantize", with(same, "to", 2), {s16({2}, {30000, -1})});
  CHECK(unsigned_result.dtype == DType::u8);
  CHECK(elements<std::uint8_t>(unsigned_result) == std::vector<std::uint8_t>{255, 0});
  const Attrs extreme{{"to", std::int64_t{6}}, {"multiplier", -greatest - 1}, {"shift", std::int64_t{30}}};
  CHECK(elements<std::int32_t>(run_one("Requantize", extreme, {s32({2}, {INT32_MIN, 1})})) ==
        std::vector<std::int32_t>{INT32_MAX, -2});
}

TEST_CASE("Requantize accepts every offset that keeps the sum in 64 bits, and no other") {
  const Attrs attrs{{"to", std::int64_t{3}}, {"multiplier", std::int64_t{1}}};
  const Tensor x = s32({1}, {0});
  const std::int64_t highest = std::numeric_limits<std::int64_t>::max() - greatest;
  const std::int64_t lowest = std::numeric_limits<std::int64_t>::min() + greatest + 1;
  CHECK(accepts("Requantize", with(attrs, "offset", highest), {x}));
  CHECK_FALSE(accepts("Requantize", with(attrs, "offset", highest + 1), {x}));
  CHECK(accepts("Requantize", with(attrs, "offset", lowest), {x}));
  CHECK_FALSE(accepts("Requantize", with(attrs, "offset", lowest - 1), {x}));
  CHECK(rejection("Requantize", with(attrs, "to", 1), {x}) == Code::unsupported_type);
  CHECK(rejection("Requantize", attrs, {integers({1}, {0})}) == Code::unsupported_type);
  CHECK(rejection("Requantize", with(attrs, "shift", 63), {x}) == Code::attribute_range);
}

TEST_CASE("QuantizedAdd weighs, adds, rounds downwards and broadcasts") {
  const Attrs attrs{{"multiplier_a", std::int64_t{2}},
                    {"multiplier_b", std::int64_t{-1}},
                    {"offset", std::int64_t{1}},
                    {"shift", std::int64_t{1}}};
  // (20 - 3 + 1) / 2 and (-20 - 4 + 1) / 2
  CHECK(elements<std::int8_t>(run_one("QuantizedAdd", attrs, {s8({2}, {10, -10}), s8({2}, {3, 4})})) == Bytes8{9, -12});
  CHECK(elements<std::int8_t>(run_one("QuantizedAdd", attrs, {s8({2}, {10, -10}), s16({}, {300})})) ==
        Bytes8{-128, -128});
  const Tensor wide = run_one("QuantizedAdd", with(attrs, "output_bits", 16), {s8({1}, {10}), s16({}, {300})});
  CHECK(elements<std::int16_t>(wide) == std::vector<std::int16_t>{-140});
  CHECK(elements<std::int8_t>(run_one("QuantizedAdd", with(attrs, "highest", 5), {s8({1}, {10}), s8({1}, {3})})) ==
        Bytes8{5});
}

TEST_CASE("QuantizedAdd is accepted up to 32 bits") {
  const Tensor x = s8({1}, {0});
  const Attrs large{{"multiplier_a", std::int64_t{1} << 24}};  // -128 * 2^24 is the least integer
  CHECK(accepts("QuantizedAdd", large, {x, x}));
  CHECK_FALSE(accepts("QuantizedAdd", with(large, "multiplier_a", (1 << 24) + 1), {x, x}));
  CHECK_FALSE(accepts("QuantizedAdd", with(large, "multiplier_b", 1), {x, x}));
  CHECK_FALSE(accepts("QuantizedAdd", with(large, "offset", -1), {x, x}));
  const Attrs offset{{"multiplier_a", std::int64_t{1}}, {"offset", greatest - 127}};
  CHECK(accepts("QuantizedAdd", offset, {x, x}));
  CHECK_FALSE(accepts("QuantizedAdd", with(offset, "offset", greatest - 126), {x, x}));
}

TEST_CASE("the proof reads the elements of a constant operand") {
  const Attrs attrs{{"multiplier_b", std::int64_t{1} << 30}};
  const Tensor x = s8({1}, {0});
  CHECK(accepts("QuantizedAdd", attrs, {x, s16({2}, {1, -2})}, {1}));
  CHECK_FALSE(accepts("QuantizedAdd", attrs, {x, s16({2}, {2, 0})}, {1}));
  CHECK_FALSE(accepts("QuantizedAdd", attrs, {x, s16({2}, {1, -2})}));
}

TEST_CASE("QuantizedMul multiplies distances from the zero points") {
  const Attrs attrs{{"zero_a", std::int64_t{1}},
                    {"zero_b", std::int64_t{2}},
                    {"accumulator_shift", std::int64_t{2}},
                    {"offset", std::int64_t{8}},
                    {"multiplier", quarter}};
  // (4 * 5 * 4 + 8) / 4 and (-6 * 5 * 4 + 8) / 4
  CHECK(elements<std::int8_t>(run_one("QuantizedMul", attrs, {s8({2}, {5, -5}), s8({1}, {7})})) == Bytes8{22, -28});
  CHECK(elements<std::int8_t>(run_one("QuantizedMul", with(attrs, "offset", 7), {s8({1}, {5}), s8({1}, {7})})) ==
        Bytes8{21});
  CHECK(elements<std::int8_t>(run_one("QuantizedMul", attrs, {s8({1}, {127}), s8({1}, {-128})})) == Bytes8{-128});
}

TEST_CASE("QuantizedMul is accepted up to 32 bits") {
  const Tensor x = s16({1}, {0});
  const Attrs attrs{{"multiplier", quarter}, {"offset", greatest - (std::int64_t{1} << 30)}};
  CHECK(accepts("QuantizedMul", attrs, {x, x}));  // the greatest product is 2^30
  CHECK_FALSE(accepts("QuantizedMul", with(attrs, "offset", greatest - (std::int64_t{1} << 30) + 1), {x, x}));
  CHECK_FALSE(accepts("QuantizedMul", {{"multiplier", quarter}, {"accumulator_shift", std::int64_t{1}}}, {x, x}));
  const Attrs shifted{{"multiplier", quarter}, {"zero_a", std::int64_t{-32768}}};
  CHECK(accepts("QuantizedMul", shifted, {x, x}));  // 65535 * -32768
  CHECK_FALSE(accepts("QuantizedMul", with(shifted, "zero_a", -32770), {x, x}));
  CHECK(rejection("QuantizedMul", {{"multiplier", std::int64_t{-1}}}, {x, x}) == Code::attribute_range);
}

TEST_CASE("QuantizedAveragePool2d divides by the number of taps that count") {
  // Entry i rounds sum / i to the nearest: (sum * 4 + 2) * 2^30 and (sum * 4 + 4) * 2^29.
  const Attrs attrs{{"kernel", Extents{1, 2}}, {"pads", Extents{0, 1, 0, 0}}, {"accumulator_shift", std::int64_t{2}}};
  const std::vector<Tensor> operands{s8({1, 1, 3, 1}, {3, 4, -7}), s32({3}, {0, 2, 4}),
                                     s32({3}, {0, 1 << 30, 1 << 29})};
  CHECK(elements<std::int8_t>(run_one("QuantizedAveragePool2d", attrs, operands, {1, 2})) == Bytes8{3, 4, -1});
  const Attrs padded = with(with(attrs, "count_include_pad", 1), "pad_value", -1);
  CHECK(elements<std::int8_t>(run_one("QuantizedAveragePool2d", padded, operands, {1, 2})) == Bytes8{1, 4, -1});
  const std::vector<Tensor> single{operands[0], s32({1}, {4}), s32({1}, {1 << 29})};
  CHECK(elements<std::int8_t>(run_one("QuantizedAveragePool2d", padded, single, {1, 2})) == Bytes8{1, 4, -1});
  CHECK(rejection("QuantizedAveragePool2d", attrs, single, 1, {1, 2}) == Code::shape_mismatch);
  CHECK(rejection("QuantizedAveragePool2d", with(padded, "pad_value", 128), operands, 1, {1, 2}) ==
        Code::attribute_range);
}

TEST_CASE("QuantizedAveragePool2d is accepted up to 32 bits") {
  const Attrs attrs{{"kernel", Extents{1, 2}}, {"accumulator_shift", std::int64_t{15}}};
  const auto operands = [](std::int32_t bias) {
    return std::vector{zeros_of(DType::s16, {1, 1, 2, 1}), s32({1}, {bias}), s32({1}, {1})};
  };
  CHECK(accepts("QuantizedAveragePool2d", attrs, operands(65535), {1, 2}));  // 65534 * 2^15 + 65535 = 2^31 - 1
  CHECK_FALSE(accepts("QuantizedAveragePool2d", attrs, operands(65536), {1, 2}));
  CHECK_FALSE(accepts("QuantizedAveragePool2d", attrs, operands(-1), {1, 2}));
  CHECK_FALSE(accepts("QuantizedAveragePool2d", with(attrs, "accumulator_shift", 16), operands(0), {1, 2}));
}

TEST_CASE("QuantizedReduceSum adds over its axes") {
  const Tensor x = s8({2, 3}, {1, 2, 3, -4, -5, -6});
  const Attrs attrs{{"axes", Extents{-1}}, {"keepdims", std::int64_t{0}}, {"multiplier", quarter}};
  const Tensor y = run_one("QuantizedReduceSum", attrs, {x});
  CHECK(extents(y) == Extents{2});
  CHECK(elements<std::int8_t>(y) == Bytes8{1, -4});  // 6 / 4 and -15 / 4
  CHECK(elements<std::int8_t>(run_one("QuantizedReduceSum", with(attrs, "offset", 2), {x})) == Bytes8{2, -4});
  const Tensor all = run_one("QuantizedReduceSum", {{"multiplier", quarter}}, {x});
  CHECK(extents(all) == Extents{1, 1});
  CHECK(elements<std::int8_t>(all) == Bytes8{-3});  // -9 / 4
}

TEST_CASE("QuantizedReduceSum is accepted up to 32 bits") {
  const Tensor x = zeros_of(DType::s8, {256});
  const Attrs attrs{{"multiplier", quarter}, {"accumulator_shift", std::int64_t{16}}};  // -32768 << 16, 32512 << 16
  CHECK(accepts("QuantizedReduceSum", with(attrs, "offset", 16777215), {x}));
  CHECK_FALSE(accepts("QuantizedReduceSum", with(attrs, "offset", 16777216), {x}));
  CHECK_FALSE(accepts("QuantizedReduceSum", with(attrs, "offset", -1), {x}));
  CHECK_FALSE(accepts("QuantizedReduceSum", attrs, {zeros_of(DType::s8, {257})}));
}

TEST_CASE("QuantizedMatMul adds products of distances from the zero points") {
  const Attrs attrs{{"zero_a", std::int64_t{1}},
                    {"zero_b", std::int64_t{1}},
                    {"accumulator_shift", std::int64_t{1}},
                    {"multiplier", quarter}};
  // (0 * 2 + 1 * 4) * 2 / 4 and (-3 * 2 - 2 * 4) * 2 / 4
  const Tensor a = s8({2, 2}, {1, 2, -2, -1}), b = s8({2, 1}, {3, 5});
  CHECK(elements<std::int8_t>(run_one("QuantizedMatMul", attrs, {a, b})) == Bytes8{2, -7});
  CHECK(extents(run_one("QuantizedMatMul", attrs, {a, b})) == Extents{2, 1});
  CHECK(rejection("QuantizedMatMul", attrs, {a, s8({3, 1}, {1, 2, 3})}) == Code::shape_mismatch);
}

TEST_CASE("QuantizedMatMul is accepted up to 32 bits") {
  const Attrs attrs{{"multiplier", quarter}};
  const auto row = [](std::int64_t depth) { return zeros_of(DType::s16, {1, depth}); };
  const auto column = [](std::int64_t depth) { return zeros_of(DType::s16, {depth, 1}); };
  CHECK(accepts("QuantizedMatMul", attrs, {row(1), column(1)}));
  CHECK_FALSE(accepts("QuantizedMatMul", attrs, {row(2), column(2)}));  // 2 * 2^30
  CHECK(accepts("QuantizedMatMul", with(attrs, "offset", greatest - (std::int64_t{1} << 30)), {row(1), column(1)}));
  CHECK_FALSE(
      accepts("QuantizedMatMul", with(attrs, "offset", greatest - (std::int64_t{1} << 30) + 1), {row(1), column(1)}));
}

TEST_CASE("QuantizedSoftmax divides tabulated exponentials by their sum, rounded to the nearest") {
  std::vector<std::uint32_t> values(256, 0);
  values[0] = 4;
  values[1] = 2;
  const Tensor table = u32({256}, values), x = s8({2}, {1, 0});
  // 4/6 and 2/6 of 256 levels above -128, or of 32768 levels
  CHECK(elements<std::int8_t>(run_one("QuantizedSoftmax", {}, {x, table}, {1})) == Bytes8{43, -43});
  const Attrs wide{{"output_levels", std::int64_t{32768}}};
  CHECK(elements<std::int16_t>(run_one("QuantizedSoftmax", wide, {x, table}, {1})) ==
        std::vector<std::int16_t>{21845, 10923});
  CHECK(elements<std::int8_t>(run_one("QuantizedSoftmax", {}, {s8({1}, {-5}), table}, {1})) == Bytes8{127});
  CHECK(elements<std::int16_t>(run_one("QuantizedSoftmax", wide, {s8({1}, {-5}), table}, {1})) ==
        std::vector<std::int16_t>{32767});
  const Attrs rows{{"axis", std::int64_t{0}}};
  CHECK(elements<std::int8_t>(run_one("QuantizedSoftmax", rows, {s8({2, 2}, {1, -9, 0, -9}), table}, {1})) ==
        Bytes8{43, 0, -43, 0});
}

TEST_CASE("QuantizedSoftmax is accepted while sums and products fit 32 bits") {
  const Attrs wide{{"output_levels", std::int64_t{32768}}};
  const Tensor table = u32({256}, std::vector<std::uint32_t>(256, 65535));
  CHECK(accepts("QuantizedSoftmax", wide, {zeros_of(DType::s8, {65537}), table}, {1}));  // 65537 * 65535 = 2^32 - 1
  CHECK_FALSE(accepts("QuantizedSoftmax", wide, {zeros_of(DType::s8, {65538}), table}, {1}));
  const auto of_one = [](std::uint32_t largest) {
    return std::vector{s8({1}, {0}), u32({256}, std::vector<std::uint32_t>(256, largest))};
  };
  CHECK(accepts("QuantizedSoftmax", wide, of_one(131070), {1}));  // 131070 * 32768 + 65535 = 2^32 - 1
  CHECK_FALSE(accepts("QuantizedSoftmax", wide, of_one(131071), {1}));
  CHECK(rejection("QuantizedSoftmax", wide, of_one(0), 1, {1}) == Code::attribute_range);
  CHECK(rejection("QuantizedSoftmax", with(wide, "output_levels", 100), of_one(1), 1, {1}) == Code::attribute_range);
}

TEST_CASE("integer operators refuse other element types and clamps beyond the result") {
  const Tensor real = floats({1}, {0}), x = s8({1}, {0});
  CHECK(rejection("QuantizedAdd", {}, {real, x}) == Code::unsupported_type);
  CHECK(rejection("QuantizedAdd", {}, {x, s32({1}, {0})}) == Code::unsupported_type);
  CHECK(rejection("QuantizedReduceSum", {{"multiplier", quarter}}, {real}) == Code::unsupported_type);
  CHECK(rejection("QuantizedAdd", {{"highest", std::int64_t{128}}}, {x, x}) == Code::attribute_range);
  CHECK(rejection("QuantizedAdd", {{"lowest", std::int64_t{1}}, {"highest", std::int64_t{0}}}, {x, x}) ==
        Code::attribute_range);
  CHECK(rejection("QuantizedAdd", {{"output_bits", std::int64_t{9}}}, {x, x}) == Code::attribute_range);
}

TEST_CASE("Clip of integers ignores bounds beyond the type and refuses those that leave nothing") {
  const Tensor x = s8({3}, {-128, 5, 127});
  CHECK(elements<std::int8_t>(run_one("Clip", {{"min", -1e30F}, {"max", 1e30F}}, {x})) == Bytes8{-128, 5, 127});
  CHECK(elements<std::int8_t>(run_one("Clip", {{"min", -127.0F}, {"max", 127.0F}}, {x})) == Bytes8{-127, 5, 127});
  CHECK(rejection("Clip", {{"min", 128.0F}}, {x}) == Code::attribute_range);
  CHECK(rejection("Clip", {{"max", -129.0F}}, {x}) == Code::attribute_range);
}
