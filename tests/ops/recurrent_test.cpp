// RNN, GRU and LSTM by hand: one unit, weights that leave single terms standing.
#include <catch2/catch.hpp>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const Attrs linear{{"activations", std::string("Affine")}};  // the identity: alpha 1, beta 0
const Attrs linear_gru{{"activations", std::string("Affine,Affine")}};
const Attrs linear_lstm{{"activations", std::string("Affine,Affine,Affine")}};

Attrs with(Attrs attrs, std::string_view name, Attr value) {
  attrs[std::string(name)] = std::move(value);
  return attrs;
}

Tensor steps(std::vector<float> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return floats({count, 1, 1}, values);
}

std::vector<float> y_of(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands) {
  return elements<float>(run_one(op, attrs, operands));
}

}  // namespace

TEST_CASE("RNN adds the weighted input, the weighted state and both biases, step by step") {
  const Tensor w = floats({1, 1, 1}, {2}), r = floats({1, 1, 1}, {10}), b = floats({1, 2}, {1, 4});
  CHECK(y_of("RNN", linear, {steps({1, 2, 3}), w, r, b}) == std::vector<float>{7, 79, 801});
  CHECK(y_of("RNN", with(linear, "direction", std::string("reverse")), {steps({1, 2, 3}), w, r, b}) ==
        std::vector<float>{1197, 119, 11});
}

TEST_CASE("both directions stand side by side, each with weights of its own") {
  const Tensor w = floats({2, 1, 1}, {1, 100}), r = floats({2, 1, 1}, {1, 1});
  const Attrs attrs{{"activations", std::string("Affine,Affine")}, {"direction", std::string("bidirectional")}};
  const auto results = run("RNN", attrs, {steps({1, 2, 3}), w, r}, 2);
  REQUIRE(results);
  CHECK(extents((*results)[0]) == std::vector<std::int64_t>{3, 2, 1, 1});
  CHECK(elements<float>((*results)[0]) == std::vector<float>{1, 600, 3, 500, 6, 300});
  CHECK(elements<float>((*results)[1]) == std::vector<float>{6, 600});
}

TEST_CASE("layout 1 keeps the batch in front everywhere") {
  const Tensor x = floats({2, 3, 1}, {1, 2, 3, 10, 20, 30}), w = floats({1, 1, 1}, {1}), r = floats({1, 1, 1}, {1});
  const auto results = run("RNN", with(linear, "layout", std::int64_t{1}), {x, w, r}, 2);
  REQUIRE(results);
  CHECK(extents((*results)[0]) == std::vector<std::int64_t>{2, 3, 1, 1});
  CHECK(elements<float>((*results)[0]) == std::vector<float>{1, 3, 6, 10, 30, 60});
  CHECK(extents((*results)[1]) == std::vector<std::int64_t>{2, 1, 1});
  CHECK(elements<float>((*results)[1]) == std::vector<float>{6, 60});
}

TEST_CASE("behind the length of a row come zeros; backwards it starts at its own last step") {
  const Tensor x = floats({3, 2, 1}, {1, 10, 2, 20, 3, 30}), w = floats({1, 1, 1}, {1}), r = floats({1, 1, 1}, {1});
  const Tensor lengths = tensor<std::int32_t>(DType::s32, {2}, {2, 7});  // beyond the last step: all steps
  const auto forward = run("RNN", linear, {x, w, r, floats({1, 2}, {0, 0}), lengths}, 2);
  REQUIRE(forward);
  CHECK(elements<float>((*forward)[0]) == std::vector<float>{1, 10, 3, 30, 0, 60});
  CHECK(elements<float>((*forward)[1]) == std::vector<float>{3, 60});
  const auto backward =
      run("RNN", with(linear, "direction", std::string("reverse")), {x, w, r, floats({1, 2}, {0, 0}), lengths}, 2);
  REQUIRE(backward);
  CHECK(elements<float>((*backward)[0]) == std::vector<float>{3, 60, 2, 50, 0, 30});
  CHECK(elements<float>((*backward)[1]) == std::vector<float>{3, 60});
}

TEST_CASE("GRU resets the state before its product, or the product itself") {
  // z = 0, r = 2 x, candidate = x + reset part; h' = (1 - z) n + z h.
  const Tensor x = steps({3}), w = floats({1, 3, 1}, {0, 2, 1}), r = floats({1, 3, 1}, {0, 0, 5});
  const Tensor b = floats({1, 6}, {0, 0, 0, 0, 0, 7}), none = floats({1}, {0});
  const auto result = [&](std::int64_t linear_before_reset) {
    Sample sample{.attrs = with(linear_gru, "linear_before_reset", linear_before_reset)};
    for (const Tensor& operand : {x, w, r, b})
      sample.inputs.push_back({.type = {.dtype = operand.dtype, .shape = operand.shape}});
    sample.inputs.push_back({.type = {.dtype = DType::s32, .shape = none.shape}, .present = false});
    sample.inputs.push_back({.type = {.dtype = DType::f32, .shape = *Shape::make({1, 1, 1})}});
    const auto graph = single_node(*find_op("GRU"), sample);
    REQUIRE(graph);
    return elements<float>(evaluate(*graph, {x, w, r, b, none, floats({1, 1, 1}, {4})})[0]);
  };
  CHECK(result(0) == std::vector<float>{3 + 7 + (6 * 4) * 5});
  CHECK(result(1) == std::vector<float>{3 + 6 * (7 + 4 * 5)});
}

TEST_CASE("LSTM: gates i, o, f, c; the cell keeps f of itself and takes i of c") {
  // i = x, o = 2 x, f = 3 x, c = 4 x, without recurrent weights: C' = f C + i c, H' = o C'.
  const Tensor x = steps({1, 2}), w = floats({1, 4, 1}, {1, 2, 3, 4}), r = floats({1, 4, 1}, {0, 0, 0, 0});
  const auto results = run("LSTM", linear_lstm, {x, w, r}, 3);
  REQUIRE(results);
  CHECK(elements<float>((*results)[0]) == std::vector<float>{2 * 4, 4 * (6 * 4 + 2 * 8)});
  CHECK(elements<float>((*results)[1]) == std::vector<float>{160});
  CHECK(elements<float>((*results)[2]) == std::vector<float>{40});
  // Coupled: f = 1 - i.
  CHECK(y_of("LSTM", with(linear_lstm, "input_forget", std::int64_t{1}), {x, w, r}) ==
        std::vector<float>{2 * 4, 4 * (-4 + 2 * 8)});
  // The limit holds what enters the gates: all are 1, but not the cell.
  CHECK(y_of("LSTM", with(linear_lstm, "clip", 1.0F), {x, w, r}) == std::vector<float>{1, 2});
}

TEST_CASE("peepholes show i and f the old cell and o the new one") {
  const Tensor x = steps({1}), w = floats({1, 4, 1}, {0, 0, 0, 1}), r = floats({1, 4, 1}, {0, 0, 0, 0});
  const Tensor b = floats({1, 8}, {0, 0, 0, 0, 0, 0, 0, 0}), h = floats({1, 1, 1}, {0}), c = floats({1, 1, 1}, {2});
  const Tensor lengths = tensor<std::int32_t>(DType::s32, {1}, {1});
  const Tensor p = floats({1, 3}, {3, 5, 7});
  // i = 3 * 2, f = 7 * 2, C' = 14 * 2 + 6 * 1 = 34, o = 5 * 34.
  CHECK(y_of("LSTM", linear_lstm, {x, w, r, b, lengths, h, c, p}) == std::vector<float>{5 * 34 * 34});
}

TEST_CASE("activations take their parameters in order, and names in any case") {
  const Tensor w = floats({1, 4, 1}, {1, 1, 1, 1}), r = floats({1, 4, 1}, {0, 0, 0, 0});
  // f (gates): 2 x + 1; g: 3 x below 0; h: without parameters.
  const Attrs attrs{{"activations", std::string("affine,LEAKYRELU,Relu")},
                    {"activation_alpha", std::vector<float>{2, 3}},
                    {"activation_beta", std::vector<float>{1}}};
  // x = -2: i = o = -3, c = -6, C' = 18, H' = -3 * 18.
  CHECK(y_of("LSTM", attrs, {steps({-2}), w, r}) == std::vector<float>{-54});
}

TEST_CASE("malformed recurrent layers are refused") {
  const Tensor x = steps({1, 2}), w = floats({1, 1, 1}, {1}), r = floats({1, 1, 1}, {1});
  CHECK(rejection("RNN", {{"direction", std::string("sideways")}}, {x, w, r}) == Code::attribute_range);
  CHECK(rejection("RNN", {{"activations", std::string("Gelu")}}, {x, w, r}) == Code::attribute_range);
  CHECK(rejection("RNN", {{"activations", std::string("Tanh,Tanh")}}, {x, w, r}) == Code::attribute_range);
  CHECK(rejection("RNN", {{"hidden_size", std::int64_t{2}}}, {x, w, r}) == Code::shape_mismatch);
  CHECK(rejection("RNN", {{"direction", std::string("bidirectional")}}, {x, w, r}) == Code::shape_mismatch);
  CHECK(rejection("LSTM", {}, {x, w, r}) == Code::shape_mismatch);
  CHECK(rejection("RNN", {}, {floats({2, 1}, {1, 2}), w, r}) == Code::shape_mismatch);
  CHECK(rejection("RNN", {}, {x, w, r, floats({1, 1}, {0})}) == Code::shape_mismatch);
  CHECK(rejection("RNN", {}, {integers({2, 1, 1}, {1, 2}), w, r}) == Code::unsupported_type);
}
