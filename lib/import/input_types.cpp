#include "lib/import/input_types.hpp"

#include <optional>

#include "lib/import/names.hpp"
#include "lib/import/tensor_decode.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

using Extent = onnx::TensorShapeProto::Dimension;

Diagnostic about(const onnx::ValueInfoProto& input, Code code, std::string message, std::vector<std::string> help = {}) {
  return {.code = code, .message = std::move(message), .where = {.value = plain(input.name())}, .help = std::move(help)};
}

// -1 is how some exporters write a free extent.
bool is_free(const Extent& extent) { return !extent.has_dim_value() || extent.dim_value() == -1; }

std::string extent_text(const Extent& extent) {
  if (!is_free(extent)) return std::to_string(extent.dim_value());
  return extent.dim_param().empty() ? "?" : plain(extent.dim_param());
}

std::string declared_text(const onnx::TensorShapeProto& shape) {
  std::string text;
  for (const Extent& extent : shape.dim()) text += (text.empty() ? "" : "x") + extent_text(extent);
  return text.empty() ? "scalar" : text;
}

std::string shape_hint(const onnx::ValueInfoProto& input) {
  std::string text = "fix it with --shape " + plain(input.name()) + "=";
  bool first = true;
  for (const Extent& extent : input.type().tensor_type().shape().dim()) {
    text += (first ? "" : ",") + (is_free(extent) ? std::string("N") : std::to_string(extent.dim_value()));
    first = false;
  }
  return text;
}

std::string kind_name(const onnx::TypeProto& type) {
  switch (type.value_case()) {
    case onnx::TypeProto::kTensorType: return "tensor";
    case onnx::TypeProto::kSequenceType: return "sequence";
    case onnx::TypeProto::kMapType: return "map";
    case onnx::TypeProto::kSparseTensorType: return "sparse tensor";
    case onnx::TypeProto::kOptionalType: return "optional";
    default: return "value of no known type";
  }
}

}  // namespace

void InputTypes::bind_symbols(const onnx::ValueInfoProto& input) {
  const auto given = options_.shapes.find(input.name());
  const auto& extents = input.type().tensor_type().shape().dim();
  if (given == options_.shapes.end() || given->second.size() != static_cast<std::size_t>(extents.size())) return;
  for (int axis = 0; axis < extents.size(); ++axis)
    if (!extents[axis].dim_param().empty())
      symbols_.emplace(extents[axis].dim_param(), given->second[static_cast<std::size_t>(axis)]);
}

Result<Shape> InputTypes::shape_of(const onnx::ValueInfoProto& input, Diagnostics& notes) {
  const bool declared = input.type().tensor_type().has_shape();
  const onnx::TensorShapeProto& shape = input.type().tensor_type().shape();
  if (const auto given = options_.shapes.find(input.name()); given != options_.shapes.end()) {
    if (declared && given->second.size() != static_cast<std::size_t>(shape.dim_size()))
      return about(input, Code::usage, "--shape gives rank " + std::to_string(given->second.size()) +
                                           ", the model declares " + declared_text(shape));
    return Shape::make(given->second);
  }
  if (!declared)
    return about(input, Code::dynamic_shape, "the input has no shape", {"fix it with --shape " + plain(input.name()) + "=…"});

  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < shape.dim_size(); ++axis) {
    const Extent& extent = shape.dim(axis);
    const auto bound = symbols_.find(extent.dim_param());
    if (!is_free(extent)) {
      extents.push_back(extent.dim_value());
    } else if (!extent.dim_param().empty() && bound != symbols_.end()) {
      extents.push_back(bound->second);
    } else if (axis == 0) {
      extents.push_back(1);
      // Another input with the same symbol on a later axis must agree.
      if (!extent.dim_param().empty()) symbols_.emplace(extent.dim_param(), 1);
      Diagnostic note = about(input, Code::batch_assumed, "extent " + extent_text(extent) + " of " +
                                                              declared_text(shape) + " is free and was fixed to 1",
                              {shape_hint(input) + " for another value"});
      note.severity = Severity::note;
      notes.push_back(std::move(note));
    } else {
      return about(input, Code::dynamic_shape, "extent " + std::to_string(axis) + " (" + extent_text(extent) + ") of " +
                                                   declared_text(shape) + " is free",
                   {shape_hint(input)});
    }
  }
  return Shape::make(std::move(extents));
}

Result<TensorType> InputTypes::type_of(const onnx::ValueInfoProto& input, Diagnostics& notes) {
  if (!input.type().has_tensor_type())
    return about(input, Code::unsupported_type, "the input is a " + kind_name(input.type()) + ", expected a tensor");
  const std::int64_t element = input.type().tensor_type().elem_type();
  const auto dtype = dtype_from_onnx(element);
  if (!dtype)
    return about(input, Code::unsupported_type, "the input is of " + onnx_type_name(element),
                 is_half(element) ? std::vector<std::string>{"export the model in float32"} : std::vector<std::string>{});
  auto shape = shape_of(input, notes);
  if (shape) return TensorType{.dtype = *dtype, .shape = *shape};
  Diagnostic why = shape.error();
  if (why.code == Code::shape_mismatch) why.code = Code::malformed_graph;
  why.where.value = plain(input.name());
  return why;
}

}  // namespace mote
