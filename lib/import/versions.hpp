#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "lib/import/problems.hpp"
#include "lib/ops/op_def.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// Operator sets that a model declares: domain -> version. The default domain is "", also when written as "ai.onnx".
using OpsetImports = std::map<std::string, std::int64_t>;

[[nodiscard]] std::string canonical_domain(const std::string& domain);

// Reads and checks the declarations; `notes` gets a remark for sets newer than the protobuf classes of this build.
[[nodiscard]] OpsetImports read_opsets(const onnx::ModelProto& model, Problems& problems, Diagnostics& notes);

// An operator is accepted if its meaning at `opset` is one that OnnxForm covers: opset >= since, and no change of
// meaning lies after `until` and up to `opset`. Versions that only admit more element types are no change: type rules
// check those themselves.
[[nodiscard]] Status check_version(const OpDef& op, std::int64_t opset, const Locus& where);

// The newest operator set of the default domain whose changes are known here.
inline constexpr std::int64_t newest_opset = 24;

}  // namespace mote
