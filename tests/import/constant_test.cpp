#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "lib/import/half_float.hpp"
#include "lib/import/tensor_decode.hpp"
#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;
using Proto = onnx::TensorProto;

namespace {

Proto stored(std::int32_t type, const Extents& extents) {
  Proto tensor;
  tensor.set_name("t");
  tensor.set_data_type(type);
  for (const std::int64_t extent : extents) tensor.add_dims(extent);
  return tensor;
}

Result<Tensor> decode(const Proto& tensor, Widened widened = {}) {
  TensorSource source;
  return decode_tensor(tensor, source, widened);
}

// A Clip whose lower bound is the given Constant node's value.
Result<ImportedModel> clip_by(onnx::AttributeProto attribute) {
  ModelBuilder model;
  model.input("x", {4});
  *model.node("Constant", {}, {"low"}).add_attribute() = std::move(attribute);
  model.node("Clip", {"x", "low"}, {"y"});
  model.output("y");
  return model.import();
}

}  // namespace

TEST_CASE("raw_data must have exactly the size that type and extents ask for") {
  for (const std::size_t size : {0U, 15U, 16U, 17U}) {
    Proto tensor = stored(Proto::FLOAT, {2, 2});
    tensor.set_raw_data(std::string(size, '\0'));
    INFO(size << " bytes");
    const auto decoded = decode(tensor);
    CHECK(static_cast<bool>(decoded) == (size == 16));
    if (!decoded) CHECK(decoded.error().code == Code::malformed_tensor);
  }
}

TEST_CASE("typed fields must have exactly as many elements, in the right field, within the type's range") {
  SECTION("floats") {
    Proto tensor = stored(Proto::FLOAT, {2});
    tensor.add_float_data(1.5F);
    CHECK(decode(tensor).error().code == Code::malformed_tensor);
    tensor.add_float_data(-2.5F);
    CHECK(decode(tensor)->to_reals() == std::vector{1.5, -2.5});
    tensor.set_raw_data("12345678");
    CHECK(decode(tensor).error().code == Code::malformed_tensor);
  }
  SECTION("small integers live in int32_data") {
    Proto tensor = stored(Proto::INT8, {2});
    tensor.add_int32_data(-128);
    tensor.add_int32_data(127);
    CHECK(decode(tensor)->to_integers() == std::vector<std::int64_t>{-128, 127});
    tensor.set_int32_data(1, 128);
    CHECK(decode(tensor).error().code == Code::malformed_tensor);
  }
  SECTION("unsigned words live in uint64_data") {
    Proto tensor = stored(Proto::UINT32, {1});
    tensor.add_uint64_data(4'294'967'295U);
    CHECK(decode(tensor)->to_integers() == std::vector<std::int64_t>{4'294'967'295});
    tensor.set_uint64_data(0, 4'294'967'296U);
    CHECK(decode(tensor).error().code == Code::malformed_tensor);
  }
  SECTION("the wrong field") {
    Proto tensor = stored(Proto::INT64, {1});
    tensor.add_int32_data(1);
    CHECK(decode(tensor).error().code == Code::malformed_tensor);
  }
}

TEST_CASE("booleans become 0 or 1") {
  Proto tensor = stored(Proto::BOOL, {3});
  tensor.set_raw_data(std::string("\x00\x01\xFF", 3));
  CHECK(decode(tensor)->to_integers() == std::vector<std::int64_t>{0, 1, 1});
}

TEST_CASE("impossible extents and segments are refused before anything is allocated") {
  CHECK(decode(stored(Proto::FLOAT, {-1})).error().code == Code::malformed_tensor);
  CHECK(decode(stored(Proto::FLOAT, {1 << 16, 1 << 16})).error().code == Code::limit_exceeded);
  CHECK(decode(stored(Proto::FLOAT, {1 << 30})).error().code == Code::limit_exceeded);
  CHECK(decode(stored(Proto::FLOAT, {1 << 20})).error().code == Code::malformed_tensor);
  Proto tensor = stored(Proto::FLOAT, {1});
  tensor.mutable_segment();
  CHECK(decode(tensor).error().code == Code::malformed_tensor);
}

TEST_CASE("an empty tensor needs no data") { CHECK(decode(stored(Proto::INT64, {0}))->to_integers().empty()); }

TEST_CASE("types that mote does not compute with are refused by name") {
  for (const auto& [type, name] : {std::pair{Proto::STRING, "string"}, {Proto::FLOAT16, "float16"},
                                   {Proto::COMPLEX64, "complex64"}, {Proto::UNDEFINED, "undefined"}}) {
    const auto decoded = decode(stored(type, {1}));
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == Code::unsupported_type);
    CHECK_THAT(decoded.error().message, Catch::Contains(name));
  }
  CHECK_THAT(decode(stored(99, {1})).error().message, Catch::Contains("type 99"));
}

TEST_CASE("half-precision numbers widen exactly") {
  CHECK(float_from_binary16(0x3C00) == 1.0F);
  CHECK(float_from_binary16(0xC000) == -2.0F);
  CHECK(float_from_binary16(0x7BFF) == 65504.0F);
  CHECK(float_from_binary16(0x0400) == 0x1p-14F);
  CHECK(float_from_binary16(0x0001) == 0x1p-24F);
  CHECK(float_from_binary16(0x03FF) == 1023.0F * 0x1p-24F);
  CHECK(std::signbit(float_from_binary16(0x8000)));
  CHECK(float_from_binary16(0xFC00) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(float_from_binary16(0x7E00)));
  CHECK(float_from_bfloat16(0x3FC0) == 1.5F);

  Proto tensor = stored(Proto::FLOAT16, {2});
  tensor.set_raw_data(std::string("\x00\x3C\x00\xC0", 4));
  CHECK(decode(tensor, {.floats = true})->to_reals() == std::vector{1.0, -2.0});
  tensor.set_raw_data("abc");
  CHECK(decode(tensor, {.floats = true}).error().code == Code::malformed_tensor);
}

TEST_CASE("half-precision constants are taken only where every reader widens them") {
  ModelBuilder model;
  model.input("x", {2});
  auto& half = *model.proto.mutable_graph()->add_initializer();
  half = stored(Proto::FLOAT16, {2});
  half.set_raw_data(std::string("\x00\x3C\x00\xC0", 4));
  model.node("Relu", {"t"}, {"y"});
  model.output("y");
  CHECK(codes_of(model.import()) == std::vector{Code::unsupported_type});
}

TEST_CASE("integers of four bits become bytes, two from each, the first from its low half") {
  Proto tensor = stored(22, {2, 3});  // int4
  tensor.set_raw_data(std::string("\x87\xf1\x2e", 3));
  CHECK(decode(tensor, {.levels = true})->to_integers() == std::vector<std::int64_t>{7, -8, 1, -1, -2, 2});
  CHECK(decode(tensor, {.levels = true})->dtype == DType::s8);
  tensor.set_data_type(21);  // uint4
  CHECK(decode(tensor, {.levels = true})->to_integers() == std::vector<std::int64_t>{7, 8, 1, 15, 14, 2});
  CHECK(decode(tensor, {.levels = true})->dtype == DType::u8);
  CHECK(decode(tensor).error().code == Code::unsupported_type);
  tensor.set_raw_data(std::string("\x87\xf1", 2));
  CHECK(decode(tensor, {.levels = true}).error().code == Code::malformed_tensor);

  Proto odd = stored(22, {3});
  odd.add_int32_data(0x87);
  odd.add_int32_data(0xf1);
  CHECK(decode(odd, {.levels = true})->to_integers() == std::vector<std::int64_t>{7, -8, 1});
  odd.add_int32_data(0);
  CHECK(decode(odd, {.levels = true}).error().code == Code::malformed_tensor);
}

TEST_CASE("integers of four bits are taken only where every reader dequantizes them") {
  const auto with_reader = [](const std::string& reader) {
    ModelBuilder model;
    model.input("x", {3});
    auto& levels = *model.proto.mutable_graph()->add_initializer();
    levels = stored(22, {3});
    levels.set_raw_data(std::string("\x87\x01", 2));
    auto& scale = *model.proto.mutable_graph()->add_initializer();
    scale = stored(Proto::FLOAT, {});
    scale.set_name("scale");
    scale.add_float_data(0.5F);
    model.node(reader, {"t", "scale"}, {"w"});
    model.node("Add", {"x", "w"}, {"y"});
    model.output("y");
    return model.import();
  };
  CHECK(with_reader("DequantizeLinear"));
  CHECK(codes_of(with_reader("Mul")) == std::vector{Code::unsupported_type});
}

TEST_CASE("constants of any type that nobody reads are no obstacle") {
  for (const int type : {static_cast<int>(Proto::FLOAT16), 22}) {
    ModelBuilder model = relu_model({2});
    auto& unread = *model.proto.mutable_graph()->add_initializer();
    unread = stored(type, {2});
    unread.set_raw_data(std::string(type == 22 ? 1 : 4, '\x12'));
    CHECK(model.import());
  }
}

TEST_CASE("Constant nodes of every form become constants") {
  onnx::AttributeProto attribute;
  const auto low_of = [](const Result<ImportedModel>& imported) {
    REQUIRE(imported);
    REQUIRE(imported->graph.nodes.size() == 1);
    return std::get<float>(imported->graph.nodes[0].attrs.at("min"));
  };
  SECTION("value") {
    attribute.set_name("value");
    *attribute.mutable_t() = stored(Proto::FLOAT, {});
    attribute.mutable_t()->add_float_data(-1.5F);
    CHECK(low_of(clip_by(attribute)) == -1.5F);
  }
  SECTION("value_float") {
    attribute.set_name("value_float");
    attribute.set_f(2.5F);
    CHECK(low_of(clip_by(attribute)) == 2.5F);
  }
  SECTION("value_ints") {
    attribute.set_name("value_ints");
    attribute.add_ints(-3);
    CHECK(low_of(clip_by(attribute)) == -3.0F);
  }
  SECTION("an integer that a float cannot hold") {
    attribute.set_name("value_int");
    attribute.set_i((1 << 24) + 1);
    CHECK(codes_of(clip_by(attribute)) == std::vector{Code::unsupported_form});
  }
  SECTION("sparse_value") {
    attribute.set_name("sparse_value");
    auto& sparse = *attribute.mutable_sparse_tensor();
    sparse.add_dims(1);
    *sparse.mutable_values() = stored(Proto::FLOAT, {1});
    sparse.mutable_values()->add_float_data(7.0F);
    *sparse.mutable_indices() = stored(Proto::INT64, {1});
    sparse.mutable_indices()->add_int64_data(0);
    CHECK(low_of(clip_by(attribute)) == 7.0F);
  }
  SECTION("strings are refused") {
    attribute.set_name("value_string");
    attribute.set_s("text");
    CHECK(codes_of(clip_by(attribute)) == std::vector{Code::unsupported_type});
  }
}

TEST_CASE("a sparse tensor becomes dense; its indices are checked and its size is bounded") {
  onnx::SparseTensorProto sparse;
  sparse.add_dims(2);
  sparse.add_dims(3);
  *sparse.mutable_values() = stored(Proto::FLOAT, {2});
  sparse.mutable_values()->add_float_data(5.0F);
  sparse.mutable_values()->add_float_data(6.0F);
  *sparse.mutable_indices() = stored(Proto::INT64, {2});
  const auto with_indices = [&](const std::vector<std::int64_t>& indices) {
    sparse.mutable_indices()->clear_int64_data();
    for (const std::int64_t index : indices) sparse.mutable_indices()->add_int64_data(index);
    TensorSource source;
    return decode_sparse(sparse, source);
  };
  CHECK(with_indices({1, 5})->to_reals() == std::vector<double>{0, 5, 0, 0, 0, 6});
  CHECK(with_indices({5, 1}).error().code == Code::malformed_tensor);
  CHECK(with_indices({1, 6}).error().code == Code::malformed_tensor);
  CHECK(with_indices({-1, 5}).error().code == Code::malformed_tensor);
  sparse.mutable_indices()->add_dims(2);
  CHECK(with_indices({0, 1, 1, 2})->to_reals() == std::vector<double>{0, 5, 0, 0, 0, 6});
  CHECK(with_indices({0, 3, 1, 2}).error().code == Code::malformed_tensor);
  sparse.set_dims(0, 1 << 25);
  CHECK(with_indices({0, 1, 1, 2}).error().code == Code::limit_exceeded);
}

TEST_CASE("a constant keeps its type, shape and elements") {
  ModelBuilder model;
  model.input("x", {2, 2});
  model.integers("table", {3, 2}, {1, 2, 3, 4, 5, 6});
  model.node("Relu", {"x"}, {"y"});
  model.output("y").output("table");
  const auto imported = model.import();
  REQUIRE(imported);
  const Node& passed_through = imported->graph.nodes.back();
  const Tensor table = imported->graph.constant(passed_through.inputs[0]);
  CHECK(table.dtype == DType::s64);
  CHECK(table.shape.text() == "3x2");
  CHECK(table.to_integers() == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("all constants together are limited") {
  ModelBuilder model = relu_model();
  model.floats("a", {2}, {1, 2});
  model.floats("b", {2}, {1, 2});
  ImportOptions options;
  options.limits.constant_bytes = 16;
  CHECK(model.import(options));
  options.limits.constant_bytes = 15;
  CHECK(codes_of(model.import(options)) == std::vector{Code::limit_exceeded});
}

TEST_CASE("an operand given as an attribute and as an input is refused") {
  ModelBuilder model;
  model.input("x", {4});
  model.floats("low", {}, {0.0F});
  model.node("Clip", {"x", "low"}, {"y"}, {{"min", 0.0F}});
  model.output("y");
  CHECK(codes_of(model.import()) == std::vector{Code::unsupported_form});
}

TEST_CASE("optional operands may be left out in the middle") {
  ModelBuilder model;
  model.input("x", {4});
  model.floats("high", {}, {6.0F});
  model.node("Clip", {"x", "", "high"}, {"y"});
  model.output("y");
  const auto imported = model.import();
  REQUIRE(imported);
  const Node& clip = imported->graph.nodes[0];
  CHECK(clip.inputs.size() == 1);
  CHECK_FALSE(clip.attrs.contains("min"));
  CHECK(std::get<float>(clip.attrs.at("max")) == 6.0F);
}
