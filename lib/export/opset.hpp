#pragma once
#include <cstdint>

#include "lib/ops/op_def.hpp"

namespace mote {

// The oldest operator set written: per-axis DequantizeLinear came with it.
inline constexpr std::int64_t oldest_export_opset = 13;

// The operator set of the default domain, from 13 on, that a node of an ONNX operator needs. Attributes that are at their
// default are not written and need nothing.
// Errors: Code::unsupported_form when no operator set of ONNX has this form.
[[nodiscard]] Result<std::int64_t> required_opset(const OpView& op);

// Whether an attribute that AttrSpec::operand declares is an input at `opset`.
[[nodiscard]] bool is_input_at(const OpDef& op, const AttrSpec& attr, std::int64_t opset);

// The format of the file that came with an operator set.
[[nodiscard]] std::int64_t ir_version_of(std::int64_t opset);

}  // namespace mote
