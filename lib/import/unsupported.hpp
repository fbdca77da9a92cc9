#pragma once
#include <set>
#include <string>
#include <utility>

#include "lib/ops/op_def.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// The functions that a model itself defines: (domain, name).
using ModelFunctions = std::set<std::pair<std::string, std::string>>;
[[nodiscard]] ModelFunctions functions_of(const onnx::ModelProto& model);
[[nodiscard]] bool is_call(const ModelFunctions& functions, const onnx::NodeProto& node);

// Why a node cannot be imported: control flow, a function of the model, a foreign domain, or an operator that is not
// known; with the nearest known names.
[[nodiscard]] Diagnostic unsupported_operator(const ModelFunctions& functions, const onnx::NodeProto& node,
                                              const Locus& where);

}  // namespace mote
