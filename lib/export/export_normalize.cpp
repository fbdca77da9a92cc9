// Normalize as LayerNormalization or InstanceNormalization, whichever says the same; else written out in arithmetic, which
// other tools run but which is no integer layer when it is read again.
#include <algorithm>

#include "lib/export/node_export.hpp"
#include "lib/export/opset.hpp"
#include "lib/ops/support/axes.hpp"

namespace mote {
namespace {

using Extents = std::vector<std::int64_t>;

Extents axes_of(const OpView& op) {
  Extents axes;
  for (const std::int64_t axis : op.integers("axes"))
    axes.push_back(static_cast<std::int64_t>(ops::from_front(axis, op.in(0).shape.rank())));
  std::ranges::sort(axes);
  return axes;
}

Extents counted(std::size_t first, std::size_t end) {
  Extents axes;
  for (std::size_t axis = first; axis < end; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  return axes;
}

const Shape* parameters_of(const OpView& op) {
  if (op.has_in(1)) return &op.in(1).shape;
  return op.has_in(2) ? &op.in(2).shape : nullptr;
}

bool are_constant(const OpView& op) {
  return (!op.has_in(1) || op.is_constant(1)) && (!op.has_in(2) || op.is_constant(2));
}

// The parameters lie along these axes of x and no other, or there are none.
bool lie_along(const OpView& op, const Extents& axes) {
  const Shape* shape = parameters_of(op);
  for (std::size_t axis = 0; shape != nullptr && axis < shape->rank(); ++axis) {
    const bool wanted = std::ranges::find(axes, static_cast<std::int64_t>(axis)) != axes.end();
    if ((*shape)[axis] != (wanted ? op.in(0).shape[axis] : 1)) return false;
  }
  return true;
}

std::string write_parameter(Export& to, const OpView& op, std::size_t operand, const Extents& extents, float absent) {
  Tensor values = Tensor::zeros(DType::f32, *Shape::make(extents));
  if (op.has_in(operand)) values.bytes = op.constant(operand).bytes;
  else std::ranges::fill(values.as<float>(), absent);
  const std::string name = to.writer.fresh(to.graph.at(op.node.outputs[0]).name + (operand == 1 ? "_scale" : "_bias"));
  to.writer.constant(name, values);
  return name;
}

void write_as(Export& to, const OpView& op, const char* form, const Extents& parameters, Layout layout, Attrs attrs) {
  const std::string x = to.values.get(op.node.inputs[0], layout), y = to.values.define(op.node.outputs[0], layout);
  const std::string scale = write_parameter(to, op, 1, parameters, 1.0F), bias = write_parameter(to, op, 2, parameters, 0.0F);
  attrs["epsilon"] = op.real("epsilon");
  to.writer.node({.op = form, .inputs = {x, scale, bias}, .outputs = {y}, .attrs = std::move(attrs), .name = op.node.origin.node});
}

// Emits one node after the other onto fresh names.
class Arithmetic {
 public:
  Arithmetic(Export& to, const Node& node) : to_(to), base_(to.graph.at(node.outputs[0]).name), name_(node.origin.node) {}

  std::string add(const char* op, std::vector<std::string> inputs, Attrs attrs = {}) {
    return add_named(op, std::move(inputs), to_.writer.fresh(base_ + "_part"), std::move(attrs));
  }
  std::string add_named(const char* op, std::vector<std::string> inputs, std::string output, Attrs attrs = {}) {
    to_.writer.node({.op = op, .inputs = std::move(inputs), .outputs = {output}, .attrs = std::move(attrs), .name = name_});
    return output;
  }
  // Operator set 18 passes axes as an operand.
  std::string mean(const std::string& x, const Extents& axes) {
    if (to_.opset < 18) return add("ReduceMean", {x}, {{"axes", axes}});
    Tensor list = Tensor::zeros(DType::s64, *Shape::make({static_cast<std::int64_t>(axes.size())}));
    std::ranges::copy(axes, list.as<std::int64_t>().begin());
    const std::string name = to_.writer.fresh(base_ + "_axes");
    to_.writer.constant(name, list);
    return add("ReduceMean", {x, name});
  }

 private:
  Export& to_;
  std::string base_, name_;
};

void write_arithmetic(Export& to, const OpView& op) {
  const Node& node = op.node;
  const Extents axes = axes_of(op);
  Arithmetic parts(to, node);
  std::string x = to.values.get(node.inputs[0]);
  const std::string y = to.values.define(node.outputs[0]);
  if (op.integer("center") != 0) x = parts.add("Sub", {x, parts.mean(x, axes)});
  const std::string variance = parts.mean(parts.add("Mul", {x, x}), axes);
  const std::string epsilon = write_scalar(to, y + "_epsilon", op.real("epsilon"));
  std::vector<std::string> last{x, parts.add("Sqrt", {parts.add("Add", {variance, epsilon})})};
  const char* form = "Div";
  for (const std::size_t operand : {1U, 2U}) {
    if (!op.has_in(operand)) continue;
    last = {parts.add(form, std::move(last)), to.values.get(node.inputs[operand])};
    form = operand == 1 ? "Mul" : "Add";
  }
  parts.add_named(form, std::move(last), y);
}

bool is_layer_form(const OpView& op) {
  const Extents axes = axes_of(op);
  const std::size_t rank = op.in(0).shape.rank();
  return !axes.empty() && op.integer("center") != 0 && are_constant(op) && axes == counted(rank - axes.size(), rank) &&
         lie_along(op, axes);
}

}  // namespace

std::int64_t opset_of_normalize(const OpView& op) { return is_layer_form(op) ? 17 : oldest_export_opset; }

void export_normalize(Export& to, const Node& node) {
  const OpView op = to.view(node);
  const Extents axes = axes_of(op);
  const std::size_t rank = op.in(0).shape.rank();
  const auto extents = op.in(0).shape.extents();
  if (is_layer_form(op)) {
    const Extents row(extents.end() - static_cast<std::ptrdiff_t>(axes.size()), extents.end());
    return write_as(to, op, "LayerNormalization", row, Layout::native, {{"axis", axes.front()}});
  }
  const bool simple = op.integer("center") != 0 && are_constant(op);
  if (simple && rank == 4 && axes == Extents{1, 2} && lie_along(op, {3}))
    return write_as(to, op, "InstanceNormalization", {extents[3]}, Layout::planes, {});
  if (simple && rank > 2 && axes == counted(2, rank) && lie_along(op, {1}))
    return write_as(to, op, "InstanceNormalization", {extents[1]}, Layout::native, {});
  write_arithmetic(to, op);
}

}  // namespace mote
