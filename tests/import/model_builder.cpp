#include "tests/import/model_builder.hpp"

#include <algorithm>
#include <cstring>

namespace mote::test {
namespace {

void describe(onnx::ValueInfoProto& info, const std::string& name, const Extents& extents, std::int32_t type) {
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  auto& shape = *tensor.mutable_shape();
  for (const std::int64_t extent : extents) shape.add_dim()->set_dim_value(extent);
}

void set_value(onnx::AttributeProto& attribute, const AttrValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(*integer);
  } else if (const auto* real = std::get_if<float>(&value)) {
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(*real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(*text);
  } else {
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t element : std::get<std::vector<std::int64_t>>(value)) attribute.add_ints(element);
  }
}

}  // namespace

ModelBuilder::ModelBuilder(std::int64_t opset) {
  proto.set_ir_version(7);
  proto.add_opset_import()->set_version(opset);
  proto.mutable_graph()->set_name("test");
}

onnx::TensorShapeProto& ModelBuilder::input(const std::string& name, const Extents& extents, std::int32_t type) {
  auto& info = *proto.mutable_graph()->add_input();
  describe(info, name, extents, type);
  return *info.mutable_type()->mutable_tensor_type()->mutable_shape();
}

ModelBuilder& ModelBuilder::output(const std::string& name) {
  proto.mutable_graph()->add_output()->set_name(name);
  return *this;
}

onnx::NodeProto& ModelBuilder::node(const std::string& op, const std::vector<std::string>& inputs,
                                    const std::vector<std::string>& outputs, const std::vector<NamedAttr>& attrs) {
  auto& node = *proto.mutable_graph()->add_node();
  node.set_op_type(op);
  for (const std::string& name : inputs) node.add_input(name);
  for (const std::string& name : outputs) node.add_output(name);
  for (const auto& [name, value] : attrs) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    set_value(attribute, value);
  }
  return node;
}

onnx::TensorProto& ModelBuilder::floats(const std::string& name, const Extents& extents,
                                        const std::vector<float>& values) {
  auto& tensor = *proto.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t extent : extents) tensor.add_dims(extent);
  for (const float value : values) tensor.add_float_data(value);
  return tensor;
}

onnx::TensorProto& ModelBuilder::integers(const std::string& name, const Extents& extents,
                                          const std::vector<std::int64_t>& values) {
  auto& tensor = *proto.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const std::int64_t extent : extents) tensor.add_dims(extent);
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return tensor;
}

Bytes ModelBuilder::bytes() const {
  const std::string text = proto.SerializeAsString();
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

Result<ImportedModel> ModelBuilder::import(const ImportOptions& options) const {
  return import_onnx_bytes(bytes(), "test.onnx", options);
}

ModelBuilder relu_model(const Extents& extents) {
  ModelBuilder model;
  model.input("x", extents);
  model.node("Relu", {"x"}, {"y"});
  model.output("y");
  return model;
}

std::vector<Code> codes_of(const Result<ImportedModel>& imported) {
  std::vector<Code> codes;
  if (!imported)
    for (const Diagnostic& diagnostic : imported.errors()) codes.push_back(diagnostic.code);
  return codes;
}

bool has_code(const Result<ImportedModel>& imported, Code code) {
  const std::vector<Code> codes = codes_of(imported);
  return std::ranges::find(codes, code) != codes.end();
}

}  // namespace mote::test
