#include "lib/export/model_writer.hpp"

#include <onnx/onnx_pb.h>

#include "lib/export/opset.hpp"
#include "lib/support/word_list.hpp"

namespace mote {
namespace {

// TensorProto.DataType.
std::int32_t onnx_type(DType dtype) {
  for (std::int32_t candidate = 1; candidate <= 13; ++candidate)
    if (dtype_from_onnx(candidate) == dtype) return candidate;
  MOTE_CHECK(false);
  return 0;
}

void set_type(onnx::ValueInfoProto& info, const std::string& name, const TensorType& type) {
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx_type(type.dtype));
  auto& shape = *tensor.mutable_shape();
  for (const std::int64_t extent : type.shape.extents()) shape.add_dim()->set_dim_value(extent);
}

void set_tensor(onnx::TensorProto& proto, DType dtype, const Shape& shape, const Bytes& bytes) {
  proto.set_data_type(onnx_type(dtype));
  for (const std::int64_t extent : shape.extents()) proto.add_dims(extent);
  proto.set_raw_data(bytes.data(), bytes.size());
}

struct SetAttribute {
  onnx::AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const float value : values) proto.add_floats(value);
  }
  void operator()(const Literal& literal) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    set_tensor(*proto.mutable_t(), literal.type.dtype, literal.type.shape, *literal.data);
  }
};

void set_words(onnx::AttributeProto& proto, const std::string& joined) {
  proto.set_type(onnx::AttributeProto::STRINGS);
  for (const std::string& word : split_words(joined)) proto.add_strings(word);
}

// The only list of words among the attributes that are written: those of recurrent layers.
bool is_list_of_words(std::string_view name) { return name == "activations"; }

}  // namespace

ModelWriter::ModelWriter(const Graph& graph) : model_(std::make_shared<onnx::ModelProto>()) {
  for (const Value& value : graph.values) names_.insert(value.name);
  model_->mutable_graph()->set_name(graph.name.empty() ? "graph" : graph.name);
}

std::string ModelWriter::fresh(const std::string& wanted) {
  std::string name = wanted;
  for (int suffix = 2; !names_.insert(name).second; ++suffix) name = wanted + "_" + std::to_string(suffix);
  return name;
}

void ModelWriter::input(const std::string& name, const TensorType& type) {
  set_type(*model_->mutable_graph()->add_input(), name, type);
}

void ModelWriter::output(const std::string& name, const TensorType& type) {
  set_type(*model_->mutable_graph()->add_output(), name, type);
}

void ModelWriter::constant(const std::string& name, const Tensor& tensor) {
  onnx::TensorProto& proto = *model_->mutable_graph()->add_initializer();
  proto.set_name(name);
  set_tensor(proto, tensor.dtype, tensor.shape, tensor.bytes);
}

void ModelWriter::constant_of_4_bits(const std::string& name, const Tensor& tensor) {
  constexpr std::int32_t onnx_int4 = 22;
  Bytes pairs((tensor.bytes.size() + 1) / 2);
  for (std::size_t i = 0; i < tensor.bytes.size(); ++i)
    pairs[i / 2] |= (tensor.bytes[i] & std::byte{15}) << (i % 2 * 4);
  onnx::TensorProto& proto = *model_->mutable_graph()->add_initializer();
  proto.set_name(name);
  proto.set_data_type(onnx_int4);
  for (const std::int64_t extent : tensor.shape.extents()) proto.add_dims(extent);
  proto.set_raw_data(pairs.data(), pairs.size());
}

void ModelWriter::node(const WrittenNode& node) {
  onnx::NodeProto& proto = *model_->mutable_graph()->add_node();
  proto.set_op_type(node.op);
  if (!node.name.empty() && node.name.front() != '#' && node_names_.insert(node.name).second) proto.set_name(node.name);
  for (const std::string& input : node.inputs) proto.add_input(input);
  for (const std::string& output : node.outputs) proto.add_output(output);
  for (const auto& [name, value] : node.attrs) {
    onnx::AttributeProto& attribute = *proto.add_attribute();
    attribute.set_name(name);
    if (is_list_of_words(name))
      set_words(attribute, std::get<std::string>(value));
    else
      std::visit(SetAttribute{attribute}, value);
  }
}

std::string ModelWriter::finish(std::int64_t opset) {
  model_->set_ir_version(ir_version_of(opset));
  model_->set_producer_name("mote");
  onnx::OperatorSetIdProto& set = *model_->add_opset_import();
  set.set_domain("");
  set.set_version(opset);
  std::string bytes;
  MOTE_CHECK(model_->SerializeToString(&bytes));
  return bytes;
}

}  // namespace mote
