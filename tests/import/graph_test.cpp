#include <catch2/catch.hpp>

#include "lib/ops/op_def.hpp"
#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("a model becomes a graph with its names, types and hash") {
  ModelBuilder model = relu_model({2, 3});
  model.proto.set_producer_name("pytorch");
  const auto imported = model.import();
  REQUIRE(imported);
  const Graph& graph = imported->graph;
  REQUIRE(graph.nodes.size() == 1);
  CHECK(graph.nodes[0].op->name == "Relu");
  CHECK(graph.nodes[0].origin.node == "#0");
  CHECK(graph.at(graph.inputs[0]).name == "x");
  CHECK(graph.at(graph.outputs[0]).name == "y");
  CHECK(graph.at(graph.outputs[0]).type.shape.text() == "2x3");
  CHECK(imported->opset == 13);
  CHECK(imported->producer == "pytorch");
  CHECK(imported->sha256.size() == 64);
  CHECK(imported->notes.empty());
}

TEST_CASE("nodes out of order are sorted, those in order stay") {
  ModelBuilder model;
  model.input("x", {4});
  model.node("Relu", {"b"}, {"y"}).set_name("last");
  model.node("Relu", {"x"}, {"a"}).set_name("first");
  model.node("Relu", {"a"}, {"b"}).set_name("second");
  model.output("y");
  const auto imported = model.import();
  REQUIRE(imported);
  std::vector<std::string> order;
  for (const Node& node : imported->graph.nodes) order.push_back(node.origin.node);
  CHECK(order == std::vector<std::string>{"first", "second", "last"});
}

TEST_CASE("a cycle is reported with the nodes that form it") {
  ModelBuilder model;
  model.input("x", {4});
  model.node("Relu", {"c"}, {"a"}).set_name("one");
  model.node("Relu", {"a"}, {"b"}).set_name("two");
  model.node("Relu", {"b"}, {"c"}).set_name("three");
  model.node("Relu", {"c"}, {"y"}).set_name("behind");
  model.output("y");
  const auto imported = model.import();
  REQUIRE(codes_of(imported) == std::vector{Code::malformed_graph});
  CHECK_THAT(imported.error().message, Catch::Contains("cycle of 3") && Catch::Contains("one -> two -> three -> one"));
}

TEST_CASE("names that are read but never defined, or defined twice, are reported") {
  ModelBuilder model = relu_model();
  SECTION("never defined") {
    model.node("Relu", {"ghost"}, {"z"});
    const auto imported = model.import();
    REQUIRE(codes_of(imported) == std::vector{Code::malformed_graph});
    CHECK(imported.error().where.value == "ghost");
  }
  SECTION("by two nodes") {
    model.node("Relu", {"x"}, {"y"});
    CHECK(codes_of(model.import()) == std::vector{Code::malformed_graph});
  }
  SECTION("by a node and an initializer") {
    model.floats("y", {1}, {1.0F});
    CHECK(has_code(model.import(), Code::malformed_graph));
  }
  SECTION("by two initializers") {
    model.floats("w", {1}, {1.0F});
    model.floats("w", {1}, {1.0F});
    CHECK(codes_of(model.import()) == std::vector{Code::malformed_graph});
  }
  SECTION("by two inputs") {
    model.input("x", {4});
    CHECK(has_code(model.import(), Code::malformed_graph));
  }
  SECTION("an output that nothing defines") {
    model.output("nothing");
    CHECK(codes_of(model.import()) == std::vector{Code::malformed_graph});
  }
  SECTION("an output listed twice") {
    model.output("y");
    CHECK(codes_of(model.import()) == std::vector{Code::malformed_graph});
  }
}

TEST_CASE("all problems of a model are reported together, each with its node") {
  ModelBuilder model;
  model.input("x", {4});
  model.node("Relux", {"x"}, {"a"}).set_name("typo");
  model.node("FancyGate", {"a"}, {"b"}).set_domain("com.example");
  model.node("Relu", {"x"}, {"c"}, {{"slope", 0.5F}}).set_name("extra");
  model.node("Relu", {"b"}, {"y"});
  model.output("y");
  const auto imported = model.import();
  REQUIRE(codes_of(imported) == std::vector{Code::unsupported_op, Code::unsupported_op, Code::unknown_attribute});
  CHECK(imported.errors()[0].where.node == "typo");
  CHECK(imported.errors()[0].where.op_type == "Relux");
  CHECK(imported.errors()[0].where.file == "test.onnx");
  CHECK(imported.errors()[0].help.front() == "similar: Relu");
  CHECK(imported.errors()[1].where.node == "#1");
  CHECK_THAT(imported.errors()[1].message, Catch::Contains("com.example"));
  CHECK(imported.errors()[2].where.node == "extra");
}

TEST_CASE("the number of reported problems is bounded, the rest is counted") {
  ModelBuilder model;
  model.input("x", {4});
  for (int i = 0; i < 60; ++i) model.node("Nothing", {"x"}, {"y" + std::to_string(i)});
  for (int i = 0; i < 70; ++i) model.node("Relu", {"x"}, {"z" + std::to_string(i)}, {{"slope", 0.5F}});
  model.output("z0");
  const auto imported = model.import();
  REQUIRE(imported.errors().size() == 100);
  CHECK(std::ranges::count(imported.errors(), Code::unsupported_op, &Diagnostic::code) == 50);
  CHECK(imported.errors().back().help.back() == "and 20 more problems");
}

TEST_CASE("control flow and functions of the model are refused by name") {
  ModelBuilder model;
  model.input("x", {4});
  SECTION("a subgraph") {
    auto& attribute = *model.node("If", {"x"}, {"y"}).add_attribute();
    attribute.set_name("then_branch");
    attribute.set_type(onnx::AttributeProto::GRAPH);
    attribute.mutable_g();
    model.output("y");
    const auto imported = model.import();
    REQUIRE(codes_of(imported) == std::vector{Code::unsupported_op});
    CHECK_THAT(imported.error().message, Catch::Contains("control flow"));
  }
  SECTION("a function, even one with the name of an operator") {
    model.node("Relu", {"x"}, {"y"});
    model.proto.add_functions()->set_name("Relu");
    model.output("y");
    const auto imported = model.import();
    REQUIRE(codes_of(imported) == std::vector{Code::unsupported_op});
    CHECK_THAT(imported.error().message, Catch::Contains("function"));
  }
}

TEST_CASE("every graph output is produced by a node and keeps its name") {
  ModelBuilder model;
  model.input("x", {4});
  SECTION("an input that is an output") {
    model.output("x");
    const auto imported = model.import();
    REQUIRE(imported);
    const Graph& graph = imported->graph;
    REQUIRE(graph.nodes.size() == 1);
    CHECK(graph.nodes[0].op->name == "Identity");
    CHECK(graph.at(graph.inputs[0]).name == "x");
    CHECK(graph.outputs[0] == graph.nodes[0].outputs[0]);
  }
  SECTION("an initializer that is an output") {
    model.floats("c", {2}, {1.0F, 2.0F});
    model.output("c");
    const auto imported = model.import();
    REQUIRE(imported);
    CHECK(imported->graph.at(imported->graph.outputs[0]).name == "c");
    CHECK_FALSE(imported->graph.at(imported->graph.outputs[0]).is_constant());
  }
}

TEST_CASE("a graph without outputs is refused") {
  ModelBuilder model;
  model.input("x", {4});
  CHECK(codes_of(model.import()) == std::vector{Code::malformed_graph});
}

TEST_CASE("names may be any text, but must be text") {
  const auto named = [](const std::string& name) {
    ModelBuilder model;
    model.input(name, {4});
    model.node("Relu", {name}, {"y"});
    model.output("y");
    return model.import();
  };
  CHECK(named("1 +/ \"weird\"\n\t::ünïcödé"));
  CHECK(named("int"));
  CHECK(codes_of(named(std::string("nul\0byte", 8))).front() == Code::malformed_model);
  CHECK(codes_of(named("latin1 \xE9")).front() == Code::malformed_model);
  CHECK(codes_of(named("overlong \xC0\xAF")).front() == Code::malformed_model);
  CHECK(codes_of(named("surrogate \xED\xA0\x80")).front() == Code::malformed_model);
  CHECK(named(std::string(4096, 'n')));
  CHECK(codes_of(named(std::string(4097, 'n'))).front() == Code::malformed_model);
}

TEST_CASE("counts of nodes and tensors are limited") {
  ImportOptions options;
  options.limits.nodes = 2;
  options.limits.values = 3;
  ModelBuilder model;
  model.input("x", {4});
  model.node("Relu", {"x"}, {"a"});
  model.node("Relu", {"a"}, {"b"});
  model.output("b");
  CHECK(model.import(options));
  model.node("Relu", {"b"}, {"c"});
  CHECK(codes_of(model.import(options)) == std::vector{Code::limit_exceeded, Code::limit_exceeded});
}

TEST_CASE("operator sets outside of the known range are refused, newer ones than the classes noted") {
  const auto with_opset = [](std::int64_t opset) {
    ModelBuilder model(opset);
    model.input("x", {4});
    model.node("Relu", {"x"}, {"y"});
    model.output("y");
    return model.import();
  };
  CHECK(codes_of(with_opset(5)) == std::vector{Code::unsupported_version});
  CHECK(with_opset(7));
  CHECK(with_opset(17)->notes.empty());
  const auto newer = with_opset(20);
  REQUIRE(newer);
  REQUIRE(newer->notes.size() == 1);
  CHECK(newer->notes[0].code == Code::newer_opset);
  CHECK(codes_of(with_opset(1000)) == std::vector{Code::unsupported_version});
  CHECK(codes_of(with_opset(0)).front() == Code::malformed_model);
}

TEST_CASE("the default domain may be written out; a domain that is not imported is reported") {
  ModelBuilder model = relu_model();
  model.proto.mutable_graph()->mutable_node(0)->set_domain("ai.onnx");
  CHECK(model.import());
  model.proto.mutable_opset_import(0)->set_domain("ai.onnx");
  CHECK(model.import());
  model.proto.mutable_opset_import(0)->set_domain("ai.onnx.ml");
  CHECK(codes_of(model.import()) == std::vector{Code::malformed_model});
}
