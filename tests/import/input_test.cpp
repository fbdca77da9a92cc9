#include <catch2/catch.hpp>

#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("a free first extent becomes 1, with a note that says so") {
  ModelBuilder model;
  model.input("x", {0, 4}).mutable_dim(0)->set_dim_param("batch");
  model.node("Relu", {"x"}, {"y"});
  model.output("y");
  const auto imported = model.import();
  REQUIRE(imported);
  CHECK(imported->graph.at(imported->graph.inputs[0]).type.shape.text() == "1x4");
  REQUIRE(imported->notes.size() == 1);
  CHECK(imported->notes[0].code == Code::batch_assumed);
  CHECK(imported->notes[0].severity == Severity::note);
}

TEST_CASE("-1 is read as a free extent, other negative ones are refused") {
  CHECK(relu_model({-1, 4}).import()->notes.size() == 1);
  CHECK(codes_of(relu_model({4, -1}).import()) == std::vector{Code::dynamic_shape});
  CHECK(codes_of(relu_model({-2, 4}).import()) == std::vector{Code::malformed_graph});
}

TEST_CASE("other free extents need --shape, and the hint spells it") {
  ModelBuilder model;
  model.input("x", {1, 3, 0}).mutable_dim(2)->set_dim_param("width");
  model.node("Relu", {"x"}, {"y"});
  model.output("y");
  const auto refused = model.import();
  REQUIRE(codes_of(refused) == std::vector{Code::dynamic_shape});
  CHECK(refused.error().help.front() == "fix it with --shape x=1,3,N");
  const auto imported = model.import({.shapes = {{"x", {2, 3, 8}}}});
  REQUIRE(imported);
  CHECK(imported->graph.at(imported->graph.outputs[0]).type.shape.text() == "2x3x8");
}

TEST_CASE("an extent of the same symbolic name follows --shape of another input") {
  ModelBuilder model;
  model.input("x", {1, 0}).mutable_dim(1)->set_dim_param("length");
  model.input("mask", {0}).mutable_dim(0)->set_dim_param("length");
  model.node("Relu", {"x"}, {"y"});
  model.node("Relu", {"mask"}, {"z"});
  model.output("y").output("z");
  const auto imported = model.import({.shapes = {{"x", {1, 9}}}});
  REQUIRE(imported);
  CHECK(imported->graph.at(imported->graph.inputs[1]).type.shape.text() == "9");
}

TEST_CASE("an input without a shape, of an unknown type or of no tensor is refused by name") {
  ModelBuilder model = relu_model();
  auto& type = *model.proto.mutable_graph()->mutable_input(0)->mutable_type();
  SECTION("no shape") {
    type.mutable_tensor_type()->clear_shape();
    CHECK(codes_of(model.import()) == std::vector{Code::dynamic_shape});
    CHECK(model.import({.shapes = {{"x", {1, 4}}}}));
  }
  SECTION("half precision") {
    type.mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT16);
    const auto imported = model.import();
    REQUIRE(codes_of(imported) == std::vector{Code::unsupported_type});
    CHECK_THAT(imported.error().message, Catch::Contains("float16"));
    CHECK(imported.error().where.value == "x");
  }
  SECTION("a sequence") {
    type.mutable_sequence_type();
    const auto imported = model.import();
    REQUIRE(codes_of(imported) == std::vector{Code::unsupported_type});
    CHECK_THAT(imported.error().message, Catch::Contains("sequence"));
  }
  SECTION("rank 7") {
    for (int i = 0; i < 5; ++i) type.mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(1);
    CHECK(codes_of(model.import()) == std::vector{Code::limit_exceeded});
  }
  SECTION("more elements than can be counted") {
    for (int i = 0; i < 3; ++i)
      type.mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(std::int64_t{1} << 40);
    CHECK(codes_of(model.import()) == std::vector{Code::limit_exceeded});
  }
}

TEST_CASE("options that name no input, or do not fit it, are errors") {
  const ModelBuilder model = relu_model({1, 4});
  CHECK(codes_of(model.import({.shapes = {{"nobody", {1, 4}}}})) == std::vector{Code::unknown_name});
  CHECK(codes_of(model.import({.shapes = {{"x", {1, 4, 1}}}})) == std::vector{Code::usage});
  CHECK(codes_of(model.import({.constants = {{"nobody", Tensor::zeros(DType::f32, {})}}})) ==
        std::vector{Code::unknown_name});
  CHECK(codes_of(model.import({.constants = {{"x", Tensor::zeros(DType::s8, *Shape::make({1, 4}))}}})) ==
        std::vector{Code::shape_mismatch});
}

TEST_CASE("an initializer that is also listed as an input is a constant") {
  ModelBuilder model;
  model.input("x", {1, 4});
  model.input("low", {});
  model.floats("low", {}, {0.5F});
  model.node("Clip", {"x", "low"}, {"y"});
  model.output("y");
  const auto imported = model.import();
  REQUIRE(imported);
  CHECK(imported->graph.inputs.size() == 1);
  CHECK(std::get<float>(imported->graph.nodes[0].attrs.at("min")) == 0.5F);
}

TEST_CASE("--constant turns an input into a constant") {
  ModelBuilder model;
  model.input("x", {1, 4});
  model.input("low", {});
  model.node("Clip", {"x", "low"}, {"y"});
  model.output("y");
  const auto refused = model.import();
  REQUIRE(codes_of(refused) == std::vector{Code::needs_constant});
  CHECK(refused.error().where.value == "low");
  CHECK(refused.error().help.front() == "give its value with --constant low=file.npy");
  const auto imported = model.import({.constants = {{"low", Tensor::zeros(DType::f32, {})}}});
  REQUIRE(imported);
  CHECK(imported->graph.inputs.size() == 1);
  CHECK(std::get<float>(imported->graph.nodes[0].attrs.at("min")) == 0.0F);
}
