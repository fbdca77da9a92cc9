#include "lib/import/constant_node.hpp"

#include <cstring>
#include <span>

#include "lib/import/names.hpp"

namespace mote {
namespace {

template <class T>
Tensor tensor_of(DType dtype, Shape shape, std::span<const T> elements) {
  Tensor tensor = Tensor::zeros(dtype, std::move(shape));
  if (!elements.empty()) std::memcpy(tensor.bytes.data(), elements.data(), elements.size_bytes());
  return tensor;
}

// Field sizes are ints, so that the shape cannot fail.
template <class T, class Field>
Tensor list_of(DType dtype, const Field& field) {
  const std::vector<T> elements(field.begin(), field.end());
  return tensor_of<T>(dtype, *Shape::make({field.size()}), elements);
}

}  // namespace

Result<Tensor> constant_node_value(const onnx::NodeProto& node, TensorSource& source, Widened widened,
                                   const Locus& where) {
  const auto refused = [&](Code code, const std::string& what) {
    return Diagnostic{.code = code, .message = what, .where = where};
  };
  if (node.attribute_size() != 1)
    return refused(Code::wrong_arity, std::to_string(node.attribute_size()) + " attributes, expected one with the value");
  const onnx::AttributeProto& attribute = node.attribute(0);
  const std::string& name = attribute.name();
  const auto placed = [&](Result<Tensor> tensor) -> Result<Tensor> {
    if (tensor) return tensor;
    Diagnostic why = tensor.error();
    why.where.node = where.node;
    why.where.op_type = where.op_type;
    return why;
  };
  if (name == "value") return placed(decode_tensor(attribute.t(), source, widened));
  if (name == "sparse_value") return placed(decode_sparse(attribute.sparse_tensor(), source));
  if (name == "value_float") return tensor_of<float>(DType::f32, {}, std::array{attribute.f()});
  if (name == "value_int") return tensor_of<std::int64_t>(DType::s64, {}, std::array{std::int64_t{attribute.i()}});
  if (name == "value_floats") return list_of<float>(DType::f32, attribute.floats());
  if (name == "value_ints") return list_of<std::int64_t>(DType::s64, attribute.ints());
  if (name == "value_string" || name == "value_strings")
    return refused(Code::unsupported_type, "the constant is of strings, which are not supported");
  return refused(Code::unknown_attribute, "attribute " + shown(name) + " is not part of Constant");
}

}  // namespace mote
