#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;
using Floats = std::vector<float>;
using Truths = std::vector<std::uint8_t>;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
const float not_a_number = std::numeric_limits<float>::quiet_NaN();

Floats values_of(std::string_view op, const Floats& x, const Attrs& attrs = {}) {
  return elements<float>(run_one(op, attrs, {floats({static_cast<std::int64_t>(x.size())}, x)}));
}

float value_of(std::string_view op, float x, const Attrs& attrs = {}) { return values_of(op, {x}, attrs).front(); }

}  // namespace

TEST_CASE("rounding functions: Round takes halves to the even neighbour") {
  CHECK(values_of("Round", {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 2.6F}) == Floats{0, 2, 2, 0, -2, 3});
  CHECK(values_of("Floor", {1.5F, -1.5F, 2.0F}) == Floats{1, -2, 2});
  CHECK(values_of("Ceil", {1.5F, -1.5F, 2.0F}) == Floats{2, -1, 2});
}

TEST_CASE("piecewise linear activations") {
  CHECK(values_of("LeakyRelu", {-2, 0, 3}, {{"alpha", 0.25F}}) == Floats{-0.5F, 0, 3});
  CHECK(values_of("LeakyRelu", {-1}) == Floats{-0.01F});
  CHECK(values_of("HardSigmoid", {-4, 0, 1, 4}, {{"alpha", 0.25F}, {"beta", 0.5F}}) == Floats{0, 0.5F, 0.75F, 1});
  CHECK(value_of("HardSigmoid", 1) == 0.7F);
  CHECK(values_of("HardSwish", {-4, -3, 0, 3, 5}) == Floats{0, 0, 0, 3, 5});
  CHECK(value_of("HardSwish", 1) == Approx(2.0 / 3));
  CHECK(values_of("ThresholdedRelu", {1, 2, 2.5F}, {{"alpha", 2.0F}}) == Floats{0, 0, 2.5F});
  CHECK(values_of("Softsign", {-1, 0, 3}) == Floats{-0.5F, 0, 0.75F});
}

TEST_CASE("activations on exponentials have the values of their definitions") {
  CHECK(value_of("Sigmoid", 0) == 0.5F);
  CHECK(value_of("Sigmoid", 2) == Approx(1 / (1 + std::exp(-2.0))));
  CHECK(value_of("Tanh", 0.5F) == Approx(std::tanh(0.5)));
  CHECK(value_of("Elu", -1, {{"alpha", 2.0F}}) == Approx(2 * std::expm1(-1.0)));
  CHECK(value_of("Elu", 3) == 3.0F);
  CHECK(value_of("Selu", 1) == Approx(1.0507009873554805));
  CHECK(value_of("Selu", -1) == Approx(1.0507009873554805 * 1.6732632423543772 * std::expm1(-1.0)));
  CHECK(value_of("Celu", -1, {{"alpha", 2.0F}}) == Approx(2 * std::expm1(-0.5)));
  CHECK(value_of("Softplus", 0) == Approx(std::log(2.0)));
  CHECK(value_of("Mish", 1) == Approx(std::tanh(std::log1p(std::exp(1.0)))));
  CHECK(value_of("Gelu", 1) == Approx(0.8413447460685429));
  CHECK(value_of("Gelu", 1, {{"approximate", std::string("tanh")}}) == Approx(0.8411919906082768));
  CHECK(rejection("Gelu", {{"approximate", std::string("sigmoid")}}, {floats({1}, {0})}) == Code::attribute_range);
}

TEST_CASE("small results keep their relative precision") {
  CHECK(value_of("Elu", -1e-6F) == Approx(std::expm1(-1e-6)).epsilon(1e-6));
  CHECK(value_of("Softplus", -40) == Approx(std::exp(-40.0)).epsilon(1e-6));
  CHECK(value_of("Mish", -40) == Approx(-40 * std::exp(-40.0)).epsilon(1e-6));
}

TEST_CASE("large arguments neither overflow nor turn into NaN") {
  CHECK(values_of("Softplus", {200, -200}) == Floats{200, 0});
  CHECK(values_of("Mish", {200, -200}) == Floats{200, 0});
  CHECK(values_of("Sigmoid", {200, -200}) == Floats{1, 0});
  CHECK(values_of("Elu", {200, -200}) == Floats{200, -1});
  for (const std::string_view op : {"Elu", "Selu", "Celu", "Softplus", "Mish", "Gelu", "LeakyRelu", "HardSigmoid"})
    CHECK(std::isnan(value_of(op, not_a_number)));
}

TEST_CASE("Abs, Neg and Sign work on integers and wrap") {
  const auto bytes = [](std::vector<std::int8_t> x) { return tensor<std::int8_t>(DType::s8, {3}, x); };
  CHECK(elements<std::int8_t>(run_one("Abs", {}, {bytes({-128, -5, 7})})) == std::vector<std::int8_t>{-128, 5, 7});
  CHECK(elements<std::int8_t>(run_one("Neg", {}, {bytes({-128, -5, 7})})) == std::vector<std::int8_t>{-128, 5, -7});
  CHECK(elements<std::int8_t>(run_one("Sign", {}, {bytes({-128, 0, 7})})) == std::vector<std::int8_t>{-1, 0, 1});
  const Tensor counts = tensor<std::uint16_t>(DType::u16, {2}, {0, 40000});
  CHECK(elements<std::uint16_t>(run_one("Abs", {}, {counts})) == std::vector<std::uint16_t>{0, 40000});
  CHECK(elements<std::uint16_t>(run_one("Sign", {}, {counts})) == std::vector<std::uint16_t>{0, 1});
  CHECK(rejection("Neg", {}, {counts}) == Code::unsupported_type);
  CHECK(rejection("Exp", {}, {counts}) == Code::unsupported_type);
  CHECK_FALSE(std::signbit(value_of("Abs", -0.0F)));
}

TEST_CASE("questions about elements") {
  const Tensor x = floats({4}, {1, infinity, -infinity, not_a_number});
  CHECK(elements<std::uint8_t>(run_one("IsNaN", {}, {x})) == Truths{0, 0, 0, 1});
  CHECK(elements<std::uint8_t>(run_one("IsInf", {}, {x})) == Truths{0, 1, 1, 0});
  CHECK(elements<std::uint8_t>(run_one("IsInf", {{"detect_negative", std::int64_t{0}}}, {x})) == Truths{0, 1, 0, 0});
  CHECK(elements<std::uint8_t>(run_one("IsInf", {{"detect_positive", std::int64_t{0}}}, {x})) == Truths{0, 0, 1, 0});
  CHECK(elements<std::uint8_t>(run_one("Not", {}, {booleans({2}, {0, 1})})) == Truths{1, 0});
  CHECK(rejection("Not", {}, {x}) == Code::unsupported_type);
}

TEST_CASE("double precision has kernels only where no function library is needed") {
  const auto code_of = [](std::string_view op) {
    const OpDef* def = find_op(op);
    const auto graph = single_node(*def, {.attrs = {}, .inputs = {{.type = {.dtype = DType::f64, .shape = {}}}}});
    REQUIRE(graph);
    const auto call = def->lower({*graph, graph->nodes.front()}, Target{});
    return call ? std::optional<Code>{} : std::optional(call.error().code);
  };
  CHECK(code_of("Exp") == Code::unsupported_type);
  CHECK(code_of("Erf") == Code::unsupported_type);
  CHECK_FALSE(code_of("HardSwish").has_value());
  CHECK_FALSE(code_of("Reciprocal").has_value());
}

TEST_CASE("an infinite bound of Clip is none, for integers too") {
  const Attrs open{{"min", -infinity}, {"max", infinity}};
  CHECK(values_of("Clip", {-infinity, 3, infinity}, open) == Floats{-infinity, 3, infinity});
  const Tensor bytes = tensor<std::int8_t>(DType::s8, {3}, {-128, 0, 127});
  CHECK(elements<std::int8_t>(run_one("Clip", open, {bytes})) == std::vector<std::int8_t>{-128, 0, 127});
}
