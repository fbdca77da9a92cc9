// Recurrent layers from calibration to integers.
#include "lib/quant/recurrence.hpp"
#include "passes/quantize/float_islands.hpp"
#include "passes/quantize/options.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// A layer of `op` over 12 steps of 3 numbers with 5 units, whose sequence and final states are results.
std::string layer(std::string_view op, std::int64_t gates, std::string_view attrs) {
  const std::string rows = std::to_string(gates * 5);
  const std::string cell = op == "LSTM" ? ", %c" : "", cell_type = op == "LSTM" ? ", f32[1x1x5]" : "";
  return "graph \"\"\ninput %x : f32[12x1x3]\ninput %h0 : f32[1x1x5]\nconstant @w : f32[1x" + rows +
         "x3] = random 1\nconstant @r : f32[1x" + rows + "x5] = random 2\nconstant @b : f32[1x" +
         std::to_string(gates * 10) + "] = random 3\n%y, %h" + cell + " = " + std::string(op) +
         "(%x, @w, @r, @b, _, %h0) " + std::string(attrs) + " : f32[12x1x1x5], f32[1x1x5]" + cell_type +
         "\noutput %y\noutput %h\n" + (op == "LSTM" ? "output %c\n" : "");
}

std::vector<Tensor> inputs_of(std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Tensor> inputs{Tensor::zeros(DType::f32, *Shape::make({12, 1, 3})),
                             Tensor::zeros(DType::f32, *Shape::make({1, 1, 5}))};
  for (float& value : inputs[0].as<float>()) value = rng.real(-1.0F, 1.0F);
  for (float& value : inputs[1].as<float>()) value = rng.real(-0.9F, 0.9F);
  return inputs;
}

Graph in_integers(const Graph& graph) {
  const QuantizeOptions options{.samples = {.count = 40, .sample = [](std::int64_t i) -> Result<std::vector<Tensor>> {
                                              return inputs_of(static_cast<std::uint64_t>(i));
                                            }}};
  auto integer = run_passes(standard_pipeline(), graph, {.target = Target{}, .quantize = &options});
  INFO((integer ? std::string() : render(integer.error())));
  REQUIRE(integer);
  return *std::move(integer);
}

double largest_difference(const Tensor& a, const Tensor& b) {
  const std::vector<double> x = a.to_reals(), y = b.to_reals();
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]));
  return largest;
}

// The sequence within a level of 8 bits and a half of what weights cost, the states closer: they never see 8 bits.
void check_close(const std::string& text) {
  const Graph real = graph_of(text), integer = in_integers(real);
  CHECK(require_integers(integer));
  const std::vector<Tensor> inputs = inputs_of(4711);
  const auto expected = interpret(real, inputs), found = interpret(integer, inputs);
  REQUIRE(expected);
  REQUIRE(found);
  CHECK(largest_difference((*expected)[0], (*found)[0]) < 0.03);
  for (std::size_t i = 1; i < expected->size(); ++i) CHECK(largest_difference((*expected)[i], (*found)[i]) < 0.03);
}

const Node& only(const Graph& graph, std::string_view op) {
  const auto found = std::ranges::find_if(graph.nodes, [&](const Node& node) { return node.op->name == op; });
  REQUIRE(found != graph.nodes.end());
  return *found;
}

}  // namespace

TEST_CASE("LSTM, GRU and RNN become integers that follow the real numbers") {
  check_close(layer("LSTM", 4, "{}"));
  check_close(layer("LSTM", 4, "{input_forget=1}"));
  check_close(layer("LSTM", 4, "{direction=\"reverse\", clip=0.5}"));
  check_close(layer("LSTM", 4, "{activations=\"HardSigmoid,Tanh,Tanh\"}"));
  check_close(layer("GRU", 3, "{}"));
  check_close(layer("GRU", 3, "{linear_before_reset=1}"));
  check_close(layer("RNN", 1, "{}"));
}

TEST_CASE("states have 16 bits, the sequence has 8") {
  const Graph integer = in_integers(graph_of(layer("LSTM", 4, "{}")));
  const Node& node = only(integer, "QuantizedLstm");
  CHECK(integer.at(node.outputs[0]).type.dtype == DType::s8);
  CHECK(integer.at(node.outputs[1]).type.dtype == DType::s16);
  CHECK(integer.at(node.outputs[1]).type.quant->scale == std::vector<float>{0x1p-15F});
  CHECK(integer.at(node.outputs[2]).type.dtype == DType::s16);
  CHECK(integer.at(node.inputs[9]).type.dtype == DType::s16);
  CHECK(node.inputs[7] == node.inputs[8]);  // both hyperbolic tangents are one table
}

TEST_CASE("what has no integer form stays real: peepholes, lengths of rows, functions without limits") {
  const Graph relu = in_integers(graph_of(layer("LSTM", 4, "{activations=\"Sigmoid,Relu,Tanh\"}")));
  CHECK(count_of(relu, "LSTM") == 1);
  const Graph softsign = in_integers(graph_of(layer("GRU", 3, "{activations=\"Sigmoid,Softsign\"}")));
  CHECK(count_of(softsign, "GRU") == 1);
}

TEST_CASE("calibration sees the cells of all steps, not only the last") {
  Graph graph = graph_of(layer("LSTM", 4, "{}"));
  const Graph integer = in_integers(graph);
  const OpView op{integer, only(integer, "QuantizedLstm")};
  double largest = 0.0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Graph watched = graph;
    Node& node = watched.nodes[0];
    node.outputs.push_back(watched.add_value("cells", watched.at(node.outputs[0]).type));
    watched.outputs = {node.outputs[3]};
    const auto cells = interpret(watched, inputs_of(seed));
    REQUIRE(cells);
    for (const double value : (*cells)[0].to_reals()) largest = std::max(largest, std::abs(value));
  }
  CHECK(op.integer("cell_bits") == cell_places(largest));
}
