#include <catch2/catch.hpp>

#include "lib/import/versions.hpp"

using namespace mote;

namespace {

OpDef known(std::string_view name, int since, int until) {
  OpDef op{};
  op.name = name;
  op.onnx = {.name = name, .domain = "", .since = since, .until = until};
  return op;
}

bool accepted(const OpDef& op, std::int64_t opset) { return static_cast<bool>(check_version(op, opset, {})); }

}  // namespace

TEST_CASE("an operator is accepted from the first form that is known") {
  const OpDef add = known("Add", 7, 14);
  CHECK_FALSE(accepted(add, 6));
  CHECK(accepted(add, 7));
}

TEST_CASE("a newer operator set is accepted while the operator keeps its meaning") {
  CHECK(accepted(known("Add", 7, 13), 24));
  CHECK(accepted(known("Softmax", 1, 11), 12));
  CHECK_FALSE(accepted(known("Softmax", 1, 11), 13));
  CHECK_FALSE(accepted(known("Softmax", 1, 11), 24));
  CHECK(accepted(known("Softmax", 1, 13), 24));
}

TEST_CASE("a refusal names what changed and what is known") {
  const auto refused = check_version(known("GroupNormalization", 18, 18), 22, {.node = "norm"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unsupported_version);
  CHECK(refused.error().where.node == "norm");
  CHECK_THAT(refused.error().message, Catch::Contains("21") && Catch::Contains("18 to 18"));
  CHECK(refused.error().help == std::vector<std::string>{"export the model with opset 18"});
}

TEST_CASE("other domains have versions of their own") {
  OpDef scaler = known("Softmax", 1, 1);
  scaler.onnx.domain = "ai.onnx.ml";
  CHECK(accepted(scaler, 3));
}
