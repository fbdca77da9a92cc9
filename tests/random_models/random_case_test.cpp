// What the random networks are, and that a difference is found and cut down to where it arises.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/ops/verify.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/random_models/check_cases.hpp"
#include "tests/random_models/shrink.hpp"

using namespace mote;
using namespace mote::random_models;

namespace {

constexpr std::uint64_t many = 400;

bool reads_twice(const Graph& graph) {
  std::set<ValueId> read;
  for (const Node& node : graph.nodes)
    for (const ValueId id : std::set<ValueId>(node.inputs.begin(), node.inputs.end()))
      if (id && !graph.at(id).is_constant() && !read.insert(id).second) return true;
  return false;
}

// The others compute constants, which are folded.
bool reads_at_run_time(const OpDef& op) {
  Rng rng(1);
  const Sample sample = op.sample(rng);
  return std::ranges::any_of(sample.inputs, [](const auto& input) { return input.present && !input.constant; });
}

bool has_floats(const Graph& graph) {
  return std::ranges::any_of(graph.values, [](const Value& value) { return is_float(value.type.dtype); });
}

bool computes(const Graph& graph, bool (*wanted)(DType)) {
  return std::ranges::any_of(graph.nodes,
                             [&](const Node& node) { return wanted(graph.at(node.outputs[0]).type.dtype); });
}

}  // namespace

TEST_CASE("a number names one random network and its inputs, legal by every rule") {
  std::set<std::string> texts;
  for (std::uint64_t number = 0; number < 60; ++number) {
    INFO(number);
    const Case one = random_case(number), again = random_case(number);
    CHECK(verify(one.graph, Stage::imported));
    CHECK(print(one.graph) == print(again.graph));
    texts.insert(print(one.graph));
    REQUIRE(one.inputs.size() == again.inputs.size());
    for (std::size_t vector = 0; vector < one.inputs.size(); ++vector)
      for (std::size_t i = 0; i < one.graph.inputs.size(); ++i)
        CHECK(one.inputs[vector][i].bytes == again.inputs[vector][i].bytes);
  }
  CHECK(texts.size() == 60);
}

TEST_CASE("random networks branch, join, have several inputs and outputs, and mix integers with floats") {
  std::uint64_t usual = 0, branches = 0, inputs = 0, outputs = 0, integers = 0, islands = 0;
  for (std::uint64_t number = 0; number < many; ++number) {
    const Graph graph = random_case(number).graph;
    usual += graph.nodes.size() >= 3 && graph.nodes.size() <= 12 ? 1U : 0U;
    branches += reads_twice(graph) ? 1U : 0U;
    inputs += graph.inputs.size() > 1 ? 1U : 0U;
    outputs += graph.outputs.size() > 1 ? 1U : 0U;
    const bool floats = computes(graph, is_float);
    integers += floats ? 0U : 1U;
    islands +=
        floats && computes(graph, [](DType dtype) { return dtype == DType::s8 || dtype == DType::s16; }) ? 1U : 0U;
  }
  CHECK(usual > many / 2);
  CHECK(branches > many / 3);
  CHECK(inputs > many / 3);
  CHECK(outputs > many / 3);
  CHECK(integers > many / 10);
  CHECK(islands > many / 10);
}

TEST_CASE("every operator that a target computes is part of some random network") {
  std::set<std::string_view> met;
  for (std::uint64_t number = 0; number < 2000; ++number)
    for (const Node& node : random_case(number).graph.nodes) met.insert(node.op->name);
  for (const OpDef* op : all_ops()) {
    if ((op->lower == nullptr && op->views == nullptr) || !reads_at_run_time(*op)) continue;
    INFO(op->name);
    CHECK(met.contains(op->name));
  }
}

TEST_CASE("the passes keep every bit of a network without floats") {
  const auto target = find_target("host");
  int checked = 0;
  for (std::uint64_t number = 0; number < many; ++number) {
    const Case one = random_case(number);
    if (has_floats(one.graph)) continue;
    INFO(number);
    const auto compiled = compile_case(one, *target);
    REQUIRE(compiled);
    for (std::size_t vector = 0; vector < one.inputs.size(); ++vector) {
      const auto expected = interpret(one.graph, one.inputs[vector]);
      REQUIRE(expected);
      for (std::size_t i = 0; i < expected->size(); ++i)
        CHECK((*expected)[i].bytes == compiled->vectors[vector].outputs[i].bytes);
    }
    ++checked;
  }
  CHECK(checked > 50);
}

TEST_CASE("a wrong byte of one network in a pack is told, with the network") {
  std::vector<CompiledCase> cases;
  for (const std::uint64_t number : {3U, 4U, 5U})
    cases.push_back(*compile_case(random_case(number), *find_target("host")));
  const Build build{"c++", {"-O0"}};
  CHECK(problem_on_host(cases, build) == "");
  std::byte& last = cases[1].vectors.back().outputs.back().bytes.back();
  last ^= std::byte{1};
  CHECK_THAT(problem_on_host(cases, build), Catch::Contains("network 4 vector 5 output"));
}

TEST_CASE("a failing network shrinks to the node that fails") {
  const auto graph = parse(R"(graph "g"
input %x : f32[4]
input %y : f32[4]
%a = Add(%x, %y) : f32[4]
%b = Relu(%a) : f32[4]
%c, %d = Split(%b) {axis=0, split=[2,2]} : f32[2], f32[2]
%e = Softmax(%c) {axis=-1} : f32[2]
%f = Neg(%e) : f32[2]
output %f, %d
)");
  REQUIRE(graph);
  const Case whole{.number = 7, .graph = *graph, .inputs = {random_inputs(*graph, 1), random_inputs(*graph, 2)}};
  const Case smallest = shrink(whole, [](const Case& one) {
    return std::ranges::any_of(one.graph.nodes, [](const Node& node) { return node.op->name == "Softmax"; });
  });
  CHECK(print(smallest.graph) ==
        "graph \"g\"\ninput %c : f32[2]\n%e = Softmax(%c) {axis=-1, flatten=0} : f32[2]\noutput %e\n");
  REQUIRE(smallest.inputs.size() == 2);
  CHECK(verify(smallest.graph, Stage::imported));
  CHECK(smallest.inputs[0][0].shape == *Shape::make({2}));
}
