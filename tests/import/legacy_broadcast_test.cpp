#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// x <op> b of an old operator set, b a constant that counts 1, 2, 3, …
ModelBuilder old_model(const std::string& op, const Extents& x, const Extents& b, const std::vector<NamedAttr>& attrs,
                       std::int64_t opset = 6) {
  ModelBuilder model(opset);
  model.input("x", x);
  std::int64_t count = 1;
  for (const std::int64_t extent : b) count *= extent;
  std::vector<float> values;
  for (std::int64_t i = 1; i <= count; ++i) values.push_back(static_cast<float>(i));
  model.floats("b", b, values);
  model.node(op, {"x", "b"}, {"y"}, attrs);
  model.output("y");
  return model;
}

// The result for an x full of `fill`.
std::vector<double> run_filled(const ModelBuilder& model, float fill) {
  const auto imported = model.import();
  REQUIRE(imported);
  Tensor x = Tensor::zeros(DType::f32, imported->graph.at(imported->graph.inputs[0]).type.shape);
  for (float& element : x.as<float>()) element = fill;
  const auto outputs = interpret(imported->graph, {&x, 1});
  REQUIRE(outputs);
  return outputs->front().to_reals();
}

using Reals = std::vector<double>;
const NamedAttr broadcast{"broadcast", std::int64_t{1}};
NamedAttr axis(std::int64_t first) { return {"axis", first}; }

}  // namespace

TEST_CASE("before opset 7 the second operand lies along the axes from `axis` on") {
  CHECK(run_filled(old_model("Add", {2, 3}, {2}, {broadcast, axis(0)}), 0) == Reals{1, 1, 1, 2, 2, 2});
  CHECK(run_filled(old_model("Add", {2, 3}, {3}, {broadcast, axis(1)}), 0) == Reals{1, 2, 3, 1, 2, 3});
  CHECK(run_filled(old_model("Mul", {1, 2, 2}, {1, 2}, {broadcast, axis(0)}), 2) == Reals{2, 2, 4, 4});
  CHECK(run_filled(old_model("Sub", {2, 2}, {2, 1}, {broadcast, axis(0)}), 0) == Reals{-1, -1, -2, -2});
}

TEST_CASE("without `axis` it lies along the last axes, and a single element along all") {
  CHECK(run_filled(old_model("Div", {2, 2}, {2}, {broadcast}), 6) == Reals{6, 3, 6, 3});
  CHECK(run_filled(old_model("Pow", {2, 2}, {1}, {broadcast, axis(0)}), 3) == Reals{3, 3, 3, 3});
  CHECK(run_filled(old_model("Add", {2, 2}, {}, {broadcast}), 3) == Reals{4, 4, 4, 4});
}

TEST_CASE("without broadcast = 1 shapes are equal") {
  CHECK(run_filled(old_model("Add", {2, 2}, {2, 2}, {}), 0) == Reals{1, 2, 3, 4});
  CHECK(has_code(old_model("Add", {2, 2}, {2}, {}).import(), Code::shape_mismatch));
  CHECK(has_code(old_model("Max", {2, 2}, {2}, {}).import(), Code::shape_mismatch));
  CHECK(run_filled(old_model("Max", {2, 2}, {2, 2}, {}, 7), 3) == Reals{3, 3, 3, 4});
  CHECK(run_filled(old_model("Max", {2, 2}, {2}, {}, 8), 0) == Reals{1, 2, 1, 2});
}

TEST_CASE("before opset 7 a slope of PRelu with several elements has one per channel") {
  CHECK(run_filled(old_model("PRelu", {1, 2, 3}, {2}, {}), -1) == Reals{-1, -1, -1, -2, -2, -2});
  CHECK(run_filled(old_model("PRelu", {1, 2, 2}, {1}, {}), -1) == Reals{-1, -1, -1, -1});
  CHECK(run_filled(old_model("PRelu", {1, 2, 3}, {3}, {}, 7), -1) == Reals{-1, -2, -3, -1, -2, -3});
}

TEST_CASE("an operand that does not fit the axes is refused with both shapes") {
  for (const auto& [b, first] : std::vector<std::pair<Extents, std::int64_t>>{{{3}, 0}, {{2}, 1}, {{2}, 2}, {{2}, -1}, {{1, 2, 3}, 0}}) {
    const auto imported = old_model("Add", {2, 3}, b, {broadcast, axis(first)}).import();
    REQUIRE(codes_of(imported) == std::vector{Code::shape_mismatch});
    CHECK_THAT(imported.errors().front().message, Catch::Contains("2x3"));
  }
}

TEST_CASE("the attributes of old broadcasting are unknown to newer operator sets") {
  CHECK(has_code(old_model("Add", {2, 3}, {3}, {broadcast}, 7).import(), Code::unknown_attribute));
}

TEST_CASE("an aligned activation gets a name of its own, which no later value has") {
  ModelBuilder model(6);
  model.input("x", {2, 3});
  model.input("b", {2});
  model.node("Add", {"x", "b"}, {"s"}, {broadcast, axis(0)});
  model.node("Relu", {"s"}, {"b_aligned"});
  model.output("b_aligned");
  const auto imported = model.import();
  REQUIRE(imported);
  REQUIRE(imported->graph.nodes.size() == 3);
  CHECK(imported->graph.nodes[0].op->name == "Reshape");
  CHECK(imported->graph.at(imported->graph.nodes[0].outputs[0]).name == "b_aligned_2");
}
