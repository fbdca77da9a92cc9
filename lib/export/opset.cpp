#include "lib/export/opset.hpp"

#include <algorithm>
#include <string>

#include "lib/export/attributes.hpp"

namespace mote {
namespace {

constexpr int not_onnx = 0;

// Attributes younger than operator set 13; `not_onnx`: mote's own, for what older operator sets meant.
struct AttributeSince {
  std::string_view op, attr;
  int opset;
};
constexpr AttributeSince attributes[] = {
    {"AveragePool", "dilations", 19},      {"BatchNormalization", "spatial", not_onnx},
    {"BatchNormalization", "training_mode", 14}, {"Cast", "saturate", 19},
    {"CastLike", "saturate", 19},          {"DequantizeLinear", "block_size", 21},
    {"Hardmax", "flatten", not_onnx},      {"LogSoftmax", "flatten", not_onnx},
    {"Pad", "axes", 18},
    {"QuantizeLinear", "block_size", 21},  {"QuantizeLinear", "output_dtype", 21},
    {"QuantizeLinear", "saturate", 19},    {"ReduceL1", "noop_with_empty_axes", 18},
    {"ReduceL2", "noop_with_empty_axes", 18},    {"ReduceLogSum", "noop_with_empty_axes", 18},
    {"ReduceLogSumExp", "noop_with_empty_axes", 18}, {"ReduceMax", "noop_with_empty_axes", 18},
    {"ReduceMean", "noop_with_empty_axes", 18},  {"ReduceMin", "noop_with_empty_axes", 18},
    {"ReduceProd", "noop_with_empty_axes", 18},  {"ReduceSumSquare", "noop_with_empty_axes", 18},
    {"Reshape", "allowzero", 14},          {"Resize", "antialias", 18},
    {"Resize", "axes", 18},                {"Resize", "keep_aspect_ratio_policy", 18},
    {"Shape", "end", 15},
    {"Shape", "start", 15},                {"Softmax", "flatten", not_onnx},
    {"Split", "num_outputs", 18}};

bool is_reduction_of_18(std::string_view op) { return op.starts_with("Reduce") && op != "ReduceSum"; }

// 16-bit levels came with operator set 21.
bool has_wide_levels(const OpView& op) {
  if (op.node.op->name != "QuantizeLinear" && op.node.op->name != "DequantizeLinear") return false;
  const DType type = op.node.op->name == "QuantizeLinear" ? op.out(0).dtype : op.in(0).dtype;
  return type == DType::s16 || type == DType::u16;
}

}  // namespace

Result<std::int64_t> required_opset(const OpView& op) {
  const OnnxForm& form = op.node.op->onnx;
  std::int64_t opset = std::max<std::int64_t>(oldest_export_opset, form.since);
  if (form.name == "LayerNormalization") opset = std::max<std::int64_t>(opset, 17);
  if (has_wide_levels(op)) opset = std::max<std::int64_t>(opset, 21);
  for (const AttributeSince& row : attributes) {
    if (row.op != form.name || !op.has(row.attr) || is_default(*op.node.op, row.attr, op.node.attrs)) continue;
    if (row.opset == not_onnx)
      return at(op, Code::unsupported_form,
                "the operator has the form that it had before operator set 13 (" + std::string(row.attr) +
                    "), which newer ones cannot express",
                {"export the model with opset 13 or newer"});
    opset = std::max<std::int64_t>(opset, row.opset);
  }
  return opset;
}

bool is_input_at(const OpDef& op, const AttrSpec& attr, std::int64_t opset) {
  if (attr.operand < 0) return false;
  return !is_reduction_of_18(op.name) || opset >= 18;
}

std::int64_t ir_version_of(std::int64_t opset) {
  if (opset >= 21) return 10;
  if (opset >= 19) return 9;
  return opset >= 15 ? 8 : 7;
}

}  // namespace mote
