#include "lib/import/legacy_broadcast.hpp"

#include <algorithm>

namespace mote {
namespace {

enum class Form : std::uint8_t { by_attribute, per_channel, equal_shapes };
struct Legacy {
  std::string_view op;
  Form form;
  std::int64_t numpy_since;  // the operator set that brought NumPy's rules
};
constexpr Legacy table[] = {
    {"Add", Form::by_attribute, 7},     {"And", Form::by_attribute, 7},  {"Div", Form::by_attribute, 7},
    {"Equal", Form::by_attribute, 7},   {"Greater", Form::by_attribute, 7}, {"Less", Form::by_attribute, 7},
    {"Max", Form::equal_shapes, 8},     {"Mean", Form::equal_shapes, 8}, {"Min", Form::equal_shapes, 8},
    {"Mul", Form::by_attribute, 7},     {"Or", Form::by_attribute, 7},   {"PRelu", Form::per_channel, 7},
    {"Pow", Form::by_attribute, 7},     {"Sub", Form::by_attribute, 7},  {"Sum", Form::equal_shapes, 8},
    {"Xor", Form::by_attribute, 7},
};

const Legacy* legacy_form(const Node& node, std::int64_t opset) {
  const auto row = std::ranges::find(table, node.op->name, &Legacy::op);
  return row != std::end(table) && opset < row->numpy_since ? &*row : nullptr;
}

std::optional<std::int64_t> take_integer(Attrs& attrs, std::string_view name) {
  const auto found = attrs.find(name);
  if (found == attrs.end() || !std::holds_alternative<std::int64_t>(found->second)) return std::nullopt;
  const std::int64_t value = std::get<std::int64_t>(found->second);
  attrs.erase(found);
  return value;
}

Diagnostic mismatch(const OpView& op, std::size_t operand, const std::string& why) {
  return at(op, Code::shape_mismatch,
            "operand " + std::to_string(operand) + " is " + op.in(operand).shape.text() + ", the first is " +
                op.in(0).shape.text() + ": " + why,
            {"export the model with opset 8 or newer, where operands are broadcast as in NumPy"});
}

Result<LegacyExtents> equal_shapes(const OpView& op) {
  for (std::size_t i = 1; i < op.node.inputs.size(); ++i)
    if (op.has_in(i) && op.in(i).shape != op.in(0).shape)
      return mismatch(op, i, "before opset 8 (without broadcast = 1) they must be equal");
  return LegacyExtents{};
}

// The second operand lies along the axes of the first that begin at `axis`.
Result<LegacyExtents> along(const OpView& op, std::int64_t axis) {
  const Shape& whole = op.in(0).shape;
  const Shape& part = op.in(1).shape;
  const auto ranks = static_cast<std::int64_t>(whole.rank()) - static_cast<std::int64_t>(part.rank());
  if (axis < 0 || axis > ranks)
    return mismatch(op, 1, "it cannot lie along the axes from " + std::to_string(axis) + " on");
  const auto first = static_cast<std::size_t>(axis);
  for (std::size_t i = 0; i < part.rank(); ++i)
    if (part[i] != 1 && part[i] != whole[first + i])
      return mismatch(op, 1, "extents " + std::to_string(part[i]) + " and " + std::to_string(whole[first + i]) + " meet");
  if (axis == ranks) return LegacyExtents{};
  std::vector<std::int64_t> extents(part.extents().begin(), part.extents().end());
  extents.resize(whole.rank() - first, 1);
  return LegacyExtents{std::move(extents)};
}

std::int64_t last_axes(const OpView& op) {
  return static_cast<std::int64_t>(op.in(0).shape.rank()) - static_cast<std::int64_t>(op.in(1).shape.rank());
}

}  // namespace

Result<LegacyExtents> align_legacy_operand(const Graph& graph, Node& node, std::int64_t opset) {
  const Legacy* legacy = legacy_form(node, opset);
  if (legacy == nullptr) return LegacyExtents{};
  const auto broadcast = legacy->form == Form::by_attribute ? take_integer(node.attrs, "broadcast") : std::nullopt;
  const auto axis = legacy->form == Form::by_attribute ? take_integer(node.attrs, "axis") : std::nullopt;
  const OpView op{graph, node};
  if (!op.has_in(0) || !op.has_in(1)) return LegacyExtents{};  // one operand, or the type rule's complaint
  if (legacy->form == Form::per_channel) {
    const bool one_per_channel = op.in(1).shape.rank() == 1 && op.in(1).shape.elements() != 1;
    return along(op, one_per_channel ? 1 : last_axes(op));
  }
  if (broadcast.value_or(0) == 0) return equal_shapes(op);
  const bool single = op.in(1).shape.elements() == 1;
  return along(op, single ? last_axes(op) : axis.value_or(last_axes(op)));
}

}  // namespace mote
