#include "lib/ops/text_form.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <optional>

#include "lib/ops/op_def.hpp"
#include "lib/ops/verify.hpp"
#include "lib/support/sha256.hpp"

using namespace mote;

namespace {

Graph parsed(std::string_view text) {
  Result<Graph> graph = parse(text);
  INFO((graph ? std::string() : graph.error().message));
  REQUIRE(graph);
  return *std::move(graph);
}

std::string complaint(std::string_view text) {
  const Result<Graph> graph = parse(text);
  REQUIRE_FALSE(graph);
  return graph.error().message;
}

Blob random_blob(Rng& rng, const TensorType& type) {
  Bytes bytes(static_cast<std::size_t>(type.bytes()));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(rng.next() & (type.dtype == DType::boolean ? 1U : 255U));
  return std::make_shared<const Bytes>(std::move(bytes));
}

std::string random_name(Rng& rng) {
  std::string name;
  for (std::int64_t length = rng.integer(1, 8); length > 0; --length) name += static_cast<char>(rng.integer(1, 255));
  return name;
}

// One node of an operator's own random instances, with hard names.
Graph random_graph(const OpDef& op, Rng& rng) {
  Graph graph{.name = random_name(rng)};
  Sample sample = op.sample(rng);
  Node node{.op = &op, .attrs = std::move(sample.attrs), .inputs = {}, .outputs = {},
            .origin = {.file = random_name(rng), .node = random_name(rng), .op_type = random_name(rng), .value = random_name(rng)}};
  for (const Sample::Input& input : sample.inputs) {
    if (!input.present) {
      node.inputs.push_back({});
    } else if (input.constant) {
      node.inputs.push_back(graph.add_constant(random_name(rng), input.type, std::make_shared<const Bytes>(input.constant->bytes)));
    } else {
      node.inputs.push_back(graph.add_value(random_name(rng), input.type));
      graph.inputs.push_back(node.inputs.back());
    }
  }
  REQUIRE(complete_attributes(op, node.attrs, {}));
  // Type rules count the outputs and ask which are wanted, so the values are there first.
  for (std::size_t i = 0; i < sample.outputs; ++i) node.outputs.push_back(graph.add_value(random_name(rng), {}));
  const Result<Types> types = infer_types(graph, node);
  INFO(op.name << ": " << (types ? std::string() : types.error().message));
  REQUIRE(types);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) graph.at(node.outputs[i]).type = types->at(i);
  graph.outputs = node.outputs;
  graph.nodes.push_back(std::move(node));
  return graph;
}

}  // namespace

TEST_CASE("the text form reads like the graph") {
  const std::string text =
      "graph \"small\"\n"
      "input %x : f32[1x4]\n"
      "constant @spare : s8[3] = [-1, 0, 1]\n"
      "%relu = Relu(%x) : f32[1x4]   // block/relu (Relu)\n"
      "%y = Clip(%relu) {max=6.0, min=-0.5} : f32[1x4]\n"
      "output %y, %relu\n";
  const Graph graph = parsed(text);
  CHECK(graph.name == "small");
  CHECK(graph.nodes[0].origin.node == "block/relu");
  CHECK(graph.nodes[0].origin.op_type == "Relu");
  CHECK(std::get<float>(graph.nodes[1].attrs.at("max")) == 6.0F);
  CHECK(graph.outputs == std::vector<ValueId>{ValueId{3}, ValueId{2}});
  CHECK(verify(graph, Stage::imported));
  CHECK(print(graph) == text);
}

TEST_CASE("comments and empty lines are free, a comment after a node is its origin") {
  const Graph graph = parsed("// reduced from a bug\n\ngraph \"\"\n  input %x : f32[]  // scalar\r\n"
                             "%y = Relu(%x) : f32[] // what (ever) it is\noutput %y");
  CHECK(graph.nodes[0].origin.node == "what (ever) it is");
}

TEST_CASE("constants keep every bit") {
  const float payload_nan = [] {
    const std::uint32_t bits = 0x7fc12345U;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }();
  const std::vector<std::vector<float>> cases{{-0.0F, 0.0F}, {0.0F, 0.0F}, {-0.0F, -0.0F}, {payload_nan, 1.0F},
      {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::denorm_min()}, {}, {0.1F}, std::vector<float>(100, 0.1F)};
  for (const std::vector<float>& values : cases) {
    Graph graph;
    Bytes bytes(values.size() * sizeof(float));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    const auto shape = Shape::make({static_cast<std::int64_t>(values.size())});
    graph.add_constant("c", {.dtype = DType::f32, .shape = *shape, .quant = {}}, std::make_shared<const Bytes>(bytes));
    INFO(print(graph));
    CHECK(*parsed(print(graph)).values[0].data == bytes);
  }
}

TEST_CASE("constants of every element type round-trip") {
  Rng rng(7);
  for (const char* name : {"f32", "f64", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "bool"}) {
    Graph graph;
    const TensorType type{.dtype = *dtype_named(name), .shape = *Shape::make({2, rng.integer(1, 50)}), .quant = {}};
    graph.add_constant("c", type, random_blob(rng, type));
    const Graph again = parsed(print(graph));
    CHECK(*again.values[0].data == *graph.values[0].data);
    CHECK(again.values[0].type == type);
  }
}

TEST_CASE("quantisation parameters round-trip") {
  const std::string text =
      "graph \"q\"\n"
      "input %x : s8[1x2] q(0.0235:-3)\n"
      "constant @w : s8[2x3] q(axis=0, 0.1:0, 1e-07:5) = fill 1\n";
  CHECK(print(parsed(text)) == text);
}

namespace {

// Numbers by their bits: a NaN is the same as itself here.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// The real numbers of an attribute, which may be NaN and then do not equal themselves.
std::optional<std::vector<float>> reals_of(const Attr& attr) {
  if (const auto* list = std::get_if<std::vector<float>>(&attr)) return *list;
  if (const auto* one = std::get_if<float>(&attr)) return std::vector<float>{*one};
  return std::nullopt;
}

bool same(const Attrs& a, const Attrs& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    if (one.first != other.first || one.second.index() != other.second.index()) return false;
    const auto numbers = reals_of(one.second), others = reals_of(other.second);
    return numbers ? same_bits(*numbers, *others) : one.second == other.second;
  });
}

}  // namespace

TEST_CASE("random graphs of every operator round-trip, whatever their names are") {
  Rng rng(11);
  for (const OpDef* op : all_ops()) {
    for (int repeat = 0; repeat < 5; ++repeat) {
      const Graph graph = random_graph(*op, rng);
      const std::string text = print(graph);
      INFO(text.substr(0, 4000));
      const Graph again = parsed(text);
      CHECK(print(again) == text);
      CHECK(verify(again, Stage::imported));
      CHECK(same(again.nodes[0].attrs, graph.nodes[0].attrs));
      CHECK(again.nodes[0].origin.node == graph.nodes[0].origin.node);
      CHECK(again.nodes[0].origin.file == graph.nodes[0].origin.file);
    }
  }
}

TEST_CASE("by hash, constants are read back from where they are known") {
  const Graph graph = parsed("graph \"\"\nconstant @w : f32[3] = [1.0, 2.0, 3.0]\n");
  const std::string text = print(graph, ConstantText::by_hash);
  CHECK(text.find("sha256:" + sha256(std::span<const std::byte>(*graph.values[0].data))) != std::string::npos);
  const Result<Graph> again = parse(text, constants_by_hash(graph));
  REQUIRE(again);
  CHECK(again->values[0].data->size() == 12);
  CHECK(complaint(text) == "2:24: no constant of this digest was given");
  CHECK(complaint(print(graph, ConstantText::omitted)) == "2:21: expected '='");
}

TEST_CASE("malformed text is refused with line and column") {
  const std::string head = "graph \"\"\ninput %x : f32[2]\n";
  CHECK(complaint("") == "1:1: expected 'graph'");
  CHECK(complaint("input %x : f32[2]") == "1:1: expected 'graph'");
  CHECK(complaint("graph \"abc") == "1:11: the text does not end");
  CHECK(complaint("graph \"a\\q\"") == "1:11: not an escape: use \\n, \\\", \\\\ or \\xNN");
  CHECK(complaint(head + "input %x : f32[2]") == "3:7: 'x' is defined twice");
  CHECK(complaint(head + "%y = Relu(%z) : f32[2]") == "3:11: 'z' is not defined above");
  CHECK(complaint(head + "%y = Relu(@x) : f32[2]") == "3:11: 'x' is not a constant");
  CHECK(complaint(head + "%y = Relo(%x) : f32[2]") == "3:6: no operator is called 'Relo'");
  CHECK(complaint(head + "%y = Relu(%x : f32[2]") == "3:14: expected ')'");
  CHECK(complaint(head + "%y = Relu(%x) : f32[3]") ==
        "3:17: the type of 'y' is not what Relu gives: f32[2]");
  CHECK(complaint(head + "%y, %z = Relu(%x) : f32[2]") == "3:21: there must be one type per result");
  CHECK(complaint(head + "%y, %z = Relu(%x) : f32[2], f32[2]") == "3:1: 2 outputs, expected 1");
  CHECK(complaint(head + "@y = Relu(%x) : f32[2]") == "3:4: a result is written with '%'");
  CHECK(complaint(head + "%y = Clip(%x) {low=1.0} : f32[2]") == "3:16: attribute 'low' is not part of the operator");
  CHECK(complaint(head + "%y = Clip(%x) {min=1.0, min=2.0} : f32[2]") == "3:25: 'min' is given twice");
  CHECK(complaint(head + "%y = Clip(%x) {min=one} : f32[2]") == "3:20: expected a number that fits the element type");
  CHECK(complaint(head + "%y = Relu(%x) : f32[2] ?") == "3:24: expected the end of the line");
  CHECK(complaint(head + "constant @c : f16[2] = fill 0") == "3:15: expected an element type");
  CHECK(complaint(head + "constant @c : f32[2] = [1.0]") ==
        "3:24: the elements do not fill the type: 4 bytes, expected 8");
  CHECK(complaint(head + "constant @c : u8[1] = [256]") == "3:24: expected a number that fits the element type");
  CHECK(complaint(head + "constant @c : u8[1] = hex:0") == "3:23: an odd number of digits");
  CHECK(complaint(head + "constant %c : u8[1] = [1]") == "3:13: a constant is written with '@'");
  CHECK(complaint(head + "output %y") == "3:8: 'y' is not defined above");
  CHECK(complaint(head + "constant @\"\" : u8[1] = [1]") == "3:14: the name of a value may not be empty");
}

TEST_CASE("hostile text is bounded") {
  CHECK(complaint("graph \"\"\nconstant @c : f64[1147483648] = fill 0.0") ==
        "2:33: more than 256 MiB of constants");
  CHECK(complaint("graph \"\"\nconstant @c : f64[1x1x1x1x1x1x1] = fill 0.0") == "2:15: rank 7 is above the limit of 6");
  CHECK(complaint("graph \"\"\nconstant @c : u8[99999999999999999999] = fill 0") == "2:18: expected an extent");
  CHECK(complaint("graph \"\"\n" + std::string(100000, '(')) == "2:1: expected a value, '%name' or '@name'");
  CHECK(complaint("graph \"\"\nconstant @c : u8[1] = " + std::string(100000, '[')) ==
        "2:24: expected a number that fits the element type");
}

TEST_CASE("no cut or flipped byte of a valid text crashes the parser") {
  const std::string text =
      "graph \"small\"\ninput %x : f32[1x4] q(0.5:1)\nconstant @\"a b\" : s8[3] = [-1, 0, 1]\n"
      "%y = Clip(%x) {max=6.0, min=-0.5} : f32[1x4] q(0.5:1)   // block/relu (Relu) of y in f\noutput %y\n";
  REQUIRE(parse(text));
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    accepted += parse(text.substr(0, i)) ? 1U : 0U;
    for (const char letter : {'\0', '"', '%', '9', '\n', '(', '\xff'}) {
      std::string changed = text;
      changed[i] = letter;
      if (const Result<Graph> graph = parse(changed)) {
        ++accepted;
        CHECK(verify(*graph, Stage::imported));
      } else {
        CHECK_FALSE(graph.error().message.empty());
      }
    }
  }
  CHECK(accepted > 0);
}
