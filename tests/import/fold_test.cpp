#include <catch2/catch.hpp>

#include "lib/ops/op_def.hpp"
#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// x of 2x6 is reshaped to what Concat computes from two constants: [3, -1].
ModelBuilder reshape_by_computed_shape() {
  ModelBuilder model;
  model.input("x", {2, 6});
  model.integers("rows", {1}, {3});
  model.integers("columns", {1}, {-1});
  model.node("Concat", {"rows", "columns"}, {"shape"}, {{"axis", std::int64_t{0}}});
  model.node("Reshape", {"x", "shape"}, {"y"});
  model.output("y");
  return model;
}

}  // namespace

TEST_CASE("a shape that is computed from constants is known at import") {
  const auto imported = reshape_by_computed_shape().import();
  REQUIRE(imported);
  const Graph& graph = imported->graph;
  REQUIRE(graph.nodes.size() == 1);
  CHECK(graph.at(graph.outputs[0]).type.shape.text() == "3x4");
  CHECK(graph.values.size() == 2);  // the steps of the shape are gone
}

TEST_CASE("a shape that is computed from the shape of an input is known at import") {
  ModelBuilder model;
  model.input("x", {2, 3, 4});
  model.integers("zero", {}, {0});
  model.integers("axes", {1}, {0});
  model.integers("rest", {1}, {-1});
  model.node("Shape", {"x"}, {"all"});
  model.node("Gather", {"all", "zero"}, {"batch"}, {{"axis", std::int64_t{0}}});
  model.node("Unsqueeze", {"batch", "axes"}, {"batch1"});
  model.node("Concat", {"batch1", "rest"}, {"shape"}, {{"axis", std::int64_t{0}}});
  model.node("Reshape", {"x", "shape"}, {"y"});
  model.output("y");
  const auto imported = model.import();
  REQUIRE(imported);
  CHECK(imported->graph.nodes.size() == 1);
  CHECK(imported->graph.at(imported->graph.outputs[0]).type.shape.text() == "2x12");
}

TEST_CASE("large results and long work are not folded at import") {
  ImportOptions options;
  options.limits.folded_bytes = 16;
  CHECK(reshape_by_computed_shape().import(options));
  options.limits.folded_bytes = 15;
  CHECK(codes_of(reshape_by_computed_shape().import(options)) == std::vector{Code::needs_constant});
  options = {};
  options.limits.folding_work = 31;  // 16 bytes read, 16 written
  CHECK(codes_of(reshape_by_computed_shape().import(options)) == std::vector{Code::needs_constant});
}

TEST_CASE("quantized constants keep the form that quantization builds on") {
  ModelBuilder model;
  model.input("x", {2});
  auto& weights = model.integers("w", {2}, {});
  weights.set_data_type(onnx::TensorProto::INT8);
  weights.set_raw_data("\1\2");
  model.floats("scale", {}, {0.5F});
  model.node("DequantizeLinear", {"w", "scale"}, {"real"});
  model.node("Add", {"x", "real"}, {"y"});
  model.output("y");
  const auto imported = model.import();
  REQUIRE(imported);
  CHECK(imported->graph.nodes.size() == 2);
}

TEST_CASE("an operand that depends on an input's values names what must be known") {
  ModelBuilder model;
  model.input("x", {4});
  model.input("rows", {1}, onnx::TensorProto::INT64);
  model.integers("rest", {1}, {-1});
  model.node("Concat", {"rows", "rest"}, {"shape"}, {{"axis", std::int64_t{0}}});
  model.node("Reshape", {"x", "shape"}, {"y"}).set_name("reshape");
  model.output("y");
  const auto imported = model.import();
  REQUIRE(codes_of(imported) == std::vector{Code::needs_constant});
  CHECK(imported.error().where.node == "reshape");
  CHECK(imported.error().where.value == "shape");
}
