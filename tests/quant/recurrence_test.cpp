#include "lib/quant/recurrence.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

using namespace mote;

namespace {

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double hyperbolic(double x) { return std::tanh(x); }

// What a layer reads from a table for a level: the definition of quantized_recurrent.hpp, in real numbers.
double interpolated(const FunctionTable& table, std::int64_t level) {
  const std::int64_t position = level + 32768, index = position / 128, beyond = position % 128;
  const auto values = table.values.as<std::int16_t>();
  const double low = values[static_cast<std::size_t>(index)], high = values[static_cast<std::size_t>(index) + 1];
  return std::floor(low + ((high - low) * static_cast<double>(beyond) + 64.0) / 128.0) / 32768.0;
}

double worst_error(const FunctionTable& table, double (*function)(double)) {
  double worst = 0.0;
  for (std::int64_t level = -32768; level < 32768; ++level)
    worst =
        std::max(worst, std::abs(interpolated(table, level) -
                                 function(std::ldexp(static_cast<double>(level), -static_cast<int>(table.places)))));
  return worst;
}

GateRows single_row(std::vector<double> w, std::vector<double> r, double bias, const Grid& input) {
  GateRows gates{.rows = {}, .input = input};
  gates.rows.push_back({.w = std::move(w), .r = std::move(r), .input_bias = bias, .state_bias = 0.0, .places = 11});
  return gates;
}

constexpr Grid unit{.scale = 0.01F, .zero_point = -20, .lowest = -127, .highest = 127};

}  // namespace

TEST_CASE("tables of sigmoid and tanh are as exact as they say, at every level") {
  const auto shares = function_table(sigmoid, 0.0), values = function_table(hyperbolic, -1.0);
  REQUIRE(shares);
  REQUIRE(values);
  CHECK(shares->places == 11);  // from -16 to 16
  CHECK(values->places == 12);  // from -8 to 8
  CHECK(worst_error(*shares, sigmoid) < 0x1p-13);
  CHECK(worst_error(*values, hyperbolic) < 0x1p-12);
}

TEST_CASE("functions without limits, below the lowest value or that never level off have no table") {
  CHECK_FALSE(function_table([](double x) { return std::max(x, 0.0); }, -1.0));
  CHECK_FALSE(function_table(hyperbolic, 0.0));
  CHECK_FALSE(function_table([](double x) { return x / (1.0 + std::abs(x)); }, -1.0));
  const auto steep = function_table([](double x) { return std::clamp(0.2 * x + 0.5, 0.0, 1.0); }, 0.0);
  REQUIRE(steep);
  CHECK(steep->places == 13);  // it ends at 2.5
}

TEST_CASE("cells keep as many places as leave room for a quarter more") {
  CHECK(cell_places(0.5) == 15);
  CHECK(cell_places(0.9) == 14);  // 1.125 is beyond 1
  CHECK(cell_places(3.0) == 13);
  CHECK(cell_places(13.1) == 10);
  CHECK(cell_places(1e6) == 0);
}

TEST_CASE("a gate's integers stand for its real numbers") {
  const auto gates = quantize_gates(single_row({0.5, -0.25}, {1.0}, 0.125, unit));
  REQUIRE(gates);
  CHECK(gates->w == std::vector<std::int8_t>{2, -1});  // exactly, as multiples of 1/4
  CHECK(gates->r == std::vector<std::int8_t>{1});
  // x = 0.3 and -0.1, h = 0.5: the level of 0.15 + 0.025 + 0.5 + 0.125.
  const std::int64_t x_sum = 2 * (30 - 20) - (-10 - 20), h_sum = 16384;
  const std::int64_t products = x_sum * gates->input_multiplier[0] + h_sum * gates->state_multiplier[0];
  const std::int64_t level = ((products >> gates->gate_shift) + gates->bias[0]) >> gates->level_shift;
  CHECK(std::abs(static_cast<double>(level) / 2048.0 - 0.8) < 1.0 / 2048.0);
}

TEST_CASE("wide inputs leave fewer places for the bias, and none where sums could overflow") {
  const Grid wide{.scale = 100.0F, .zero_point = 0, .lowest = -127, .highest = 127};
  const auto gates = quantize_gates(single_row(std::vector<double>(10, 5.0), {1.0}, 0.0, wide));
  REQUIRE(gates);
  CHECK(gates->level_shift < 8);
  std::vector<double> many(700, 1.0);
  CHECK(quantize_gates(single_row({1.0}, many, 0.0, unit)));  // each weight is 1 level
  many[0] = 1.27;
  many[1] = 0.0101;  // so that the others have 100 levels: 700 of them times 2^15 exceed 2^31
  CHECK_FALSE(quantize_gates(single_row({1.0}, std::vector<double>(many), 0.0, unit)));
}

TEST_CASE("numbers that are not finite have no integers") {
  CHECK_FALSE(quantize_gates(single_row({1.0}, {1.0}, std::numeric_limits<double>::infinity(), unit)));
}
