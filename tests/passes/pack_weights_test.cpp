// Weights stored two in a byte; run_pass holds the pass to the same bits.
#include "lib/ops/verify.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Every kind of product; the weights' levels are random within eight bits.
Graph network() {
  return graph_of(R"(graph ""
input %x : s8[1x6x6x4]
constant @w : s8[3x3x2x8] = random 1
constant @d : s8[3x3x8] = random 2
constant @p : s8[1x1x8x40] = random 3
constant @v : s8[1440x5] = random 4
constant @bias : s32[8] = random 5
constant @m : s32[8] = [9000000, 8000000, 7000000, 6000000, 5000000, 4000000, 3000000, 2000000]
constant @pb : s32[40] = random 6
constant @pm : s32[40] = random 7
constant @vb : s32[5] = random 8
constant @vm : s32[5] = [900000, 800000, 700000, 600000, 500000]
%h = QuantizedConv2d(%x, @w, @bias, @m) {group=2, pads=[1,1,1,1]} : s8[1x6x6x8]
%g = QuantizedDepthwiseConv2d(%h, @d, @bias, @m, %h) {pads=[1,1,1,1]} : s8[1x6x6x8]
%r = QuantizedConv2d(%g, @p, @pb, @pm) : s8[1x6x6x40]
%f = Reshape(%r) {shape=[1,1440]} : s8[1x1440]
%y = QuantizedDense(%f, @v, @vb, @vm) : s8[1x5]
output %y
)");
}

// Levels of the named weights folded into lowest..7, those of the others spread.
Graph narrowed(Graph graph, std::initializer_list<std::string_view> names, std::int8_t lowest = -8) {
  for (Value& value : graph.values) {
    if (value.is_constant() && value.name.ends_with("m")) {  // multipliers are not negative
      Tensor multipliers{.dtype = DType::s32, .shape = value.type.shape, .bytes = *value.data};
      for (std::int32_t& one : multipliers.as<std::int32_t>()) one = std::abs(one % 10000000);
      value.data = std::make_shared<const Bytes>(multipliers.bytes);
    }
    if (!value.is_constant() || value.type.dtype != DType::s8) continue;
    const bool is_named = std::ranges::find(names, value.name) != names.end();
    Tensor weights{.dtype = DType::s8, .shape = value.type.shape, .bytes = *value.data};
    for (std::int8_t& level : weights.as<std::int8_t>())
      level = static_cast<std::int8_t>(is_named ? lowest + (level & 127) % (8 - lowest) : 20 * level % 128);
    value.data = std::make_shared<const Bytes>(weights.bytes);
  }
  return graph;
}

std::vector<std::string> packed_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes)
    if (node.inputs.size() == 7) names.push_back(graph.at(node.inputs[6]).name);
  return names;
}

}  // namespace

TEST_CASE("Products whose weights fit four bits have them two in a byte, wherever that saves something") {
  const Graph all = run_pass("pack-weights", narrowed(network(), {"w", "d", "p", "v"}));
  CHECK(packed_of(all) == std::vector<std::string>{"w_packed", "p_packed", "v_packed"});  // d: 72 weights save 36 bytes
  for (const Node& node : all.nodes)
    if (node.inputs.size() == 7) CHECK(all.at(node.inputs[6]).type.shape.extents().back() ==
                                       (all.at(node.inputs[1]).type.shape.extents().back() + 1) / 2);
  CHECK(packed_of(run_pass("pack-weights", narrowed(network(), {"v"}))) == std::vector<std::string>{"v_packed"});
  CHECK(packed_of(run_pass("pack-weights", narrowed(network(), {"v"}, -9))).empty());
}

TEST_CASE("Packed weights that are not those of the product are refused") {
  Graph graph = run_pass("pack-weights", narrowed(network(), {"v"}));
  CHECK(verify(graph, Stage::fused));
  for (Value& value : graph.values) {
    if (value.name != "v_packed") continue;
    Bytes bytes = *value.data;
    bytes[7] ^= std::byte{1};
    value.data = std::make_shared<const Bytes>(bytes);
  }
  CHECK_FALSE(verify(graph, Stage::fused));
}

namespace {

// A convolution and a dense layer whose weights are multiples of one scale per channel, and a layer of others.
Graph real_network(int lowest, int highest) {
  Graph graph = graph_of(R"(graph ""
input %x : f32[1x6x6x4]
constant @w : f32[3x3x4x8] = random 1
constant @v : f32[288x5] = random 2
constant @u : f32[5x40] = random 3
%h = Conv2d(%x, @w) {low=0.0, pads=[1,1,1,1]} : f32[1x6x6x8]
%f = Reshape(%h) {shape=[1,288]} : f32[1x288]
%g = Dense(%f, @v) : f32[1x5]
%y = Dense(%g, @u) : f32[1x40]
output %y
)");
  Rng rng(9);
  for (Value& value : graph.values) {
    if (value.name != "w" && value.name != "v") continue;
    Tensor weights{.dtype = DType::f32, .shape = value.type.shape, .bytes = *value.data};
    const auto channels = static_cast<std::size_t>(weights.shape.extents().back());
    std::vector<float> scales;
    for (std::size_t c = 0; c < channels; ++c) scales.push_back(rng.real(0.01F, 0.1F));
    for (std::size_t i = 0; i < weights.as<float>().size(); ++i)
      weights.as<float>()[i] = static_cast<float>(rng.integer(lowest, highest)) * scales[i % channels];
    value.data = std::make_shared<const Bytes>(weights.bytes);
  }
  return graph;
}

std::vector<DType> stored_types(const Graph& graph) {
  std::vector<DType> types;
  for (const Node& node : graph.nodes)
    if (node.inputs.size() == 6) types.push_back(graph.at(node.inputs[4]).type.dtype);
  return types;
}

}  // namespace

TEST_CASE("Real weights that are levels times a scale in every bit are stored as levels, in pairs if they fit") {
  CHECK(stored_types(run_pass("pack-weights", real_network(-127, 127))) == std::vector{DType::s8, DType::s8});
  CHECK(stored_types(run_pass("pack-weights", real_network(-8, 7))) == std::vector{DType::u8, DType::u8});
  CHECK(stored_types(run_pass("pack-weights", real_network(-1000, 1000))).empty());
  Graph off = real_network(-8, 7);
  for (Value& value : off.values) {
    if (value.name != "v") continue;
    Bytes bytes = *value.data;
    bytes[4000] ^= std::byte{1};  // the last bit of one weight
    value.data = std::make_shared<const Bytes>(bytes);
  }
  CHECK(stored_types(run_pass("pack-weights", off)) == std::vector{DType::u8});
}

TEST_CASE("Levels that are not those of the weights are refused") {
  Graph graph = run_pass("pack-weights", real_network(-127, 127));
  CHECK(verify(graph, Stage::fused));
  for (Value& value : graph.values) {
    if (value.name != "v_levels") continue;
    Bytes bytes = *value.data;
    bytes[7] ^= std::byte{1};
    value.data = std::make_shared<const Bytes>(bytes);
  }
  CHECK_FALSE(verify(graph, Stage::fused));
}
