// Operators that the graph has from ONNX: attributes that newer operator sets pass as inputs become inputs again.
#include <algorithm>

#include "lib/export/attributes.hpp"
#include "lib/export/node_export.hpp"
#include "lib/export/opset.hpp"
#include "lib/ops/op_classes.hpp"

namespace mote {
namespace {

Tensor list_of(const std::vector<std::int64_t>& values) {
  Tensor tensor = Tensor::zeros(DType::s64, *Shape::make({static_cast<std::int64_t>(values.size())}));
  std::ranges::copy(values, tensor.as<std::int64_t>().begin());
  return tensor;
}

// Real operands (bounds, the value of padding) have the element type of the data.
Tensor operand_of(const Attr& value, DType data) {
  if (const auto* literal = std::get_if<Literal>(&value))
    return {.dtype = literal->type.dtype, .shape = literal->type.shape, .bytes = *literal->data};
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) return list_of(*list);
  if (const auto* reals = std::get_if<std::vector<float>>(&value)) {
    Tensor list = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(reals->size())}));
    std::ranges::copy(*reals, list.as<float>().begin());
    return list;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    Tensor scalar = list_of({*integer});
    scalar.shape = Shape{};
    return scalar;
  }
  Tensor scalar = Tensor::zeros(DType::f32, Shape{});
  scalar.as<float>()[0] = std::get<float>(value);
  return data == DType::f32 ? scalar : convert(scalar, data);
}

// Element by element, and every operand is there with its channels in front: so can the result be.
Layout layout_for(const Export& to, const Node& node) {
  if (!is_unary_elementwise(node.op->name) && !is_broadcasting(node.op->name)) return Layout::native;
  const Shape& shape = to.graph.at(node.outputs[0]).type.shape;
  bool any = false;
  for (const ValueId id : node.inputs) {
    if (!id) continue;
    const Value& value = to.graph.at(id);
    if (value.is_constant() && value.type.shape.elements() == 1) continue;
    if (value.type.shape != shape || !to.values.has(id, Layout::planes)) return Layout::native;
    any = true;
  }
  return any ? Layout::planes : Layout::native;
}

}  // namespace

void export_onnx_node(Export& to, const Node& node) {
  // A change of layout is the same value in its other form.
  if (changes_layout(node, to_planes)) return to.values.alias(node.outputs[0], Layout::native, to.values.get(node.inputs[0], Layout::planes));
  if (changes_layout(node, to_native) && !to.values.has(node.outputs[0], Layout::planes)) {
    to.values.alias(node.outputs[0], Layout::planes, to.values.get(node.inputs[0]));
    return;
  }
  const Layout layout = layout_for(to, node);
  WrittenNode written{.op = std::string(node.op->onnx.name), .inputs = {}, .outputs = {}, .attrs = {}, .name = node.origin.node};
  const DType data = !node.inputs.empty() && node.inputs[0] ? to.graph.at(node.inputs[0]).type.dtype : DType::f32;
  std::map<std::size_t, std::string> operands;
  for (const auto& [name, value] : node.attrs) {
    if (is_own(name)) continue;
    const AttrSpec* spec = attribute_of(*node.op, name);
    if (spec != nullptr && is_input_at(*node.op, *spec, to.opset)) {
      const std::string constant = to.writer.fresh(to.graph.at(node.outputs[0]).name + "_" + name);
      to.writer.constant(constant, operand_of(value, data));
      operands[static_cast<std::size_t>(spec->operand)] = constant;
    } else if (!is_default(*node.op, name, node.attrs)) {
      written.attrs[name] = value;
    }
  }
  // What is not declared as an attribute fills the places between.
  auto next = node.inputs.begin();
  for (std::size_t place = 0; next != node.inputs.end() || !operands.empty(); ++place) {
    const auto operand = operands.find(place);
    if (operand != operands.end()) {
      written.inputs.push_back(operand->second);
      operands.erase(operand);
    } else if (next != node.inputs.end()) {
      const bool is_constant = *next && to.graph.at(*next).is_constant();
      written.inputs.push_back(*next ? to.values.get(*next, is_constant ? Layout::native : layout) : std::string());
      ++next;
    } else {
      written.inputs.emplace_back();
    }
  }
  for (const ValueId id : node.outputs) written.outputs.push_back(id ? to.values.define(id, layout) : std::string());
  to.writer.node(written);
}

}  // namespace mote
