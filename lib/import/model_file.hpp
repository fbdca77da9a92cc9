#pragma once
#include <span>
#include <string>

#include "lib/import/limits.hpp"
#include "lib/ir/tensor.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// The content of a regular file (not a device, pipe or folder: those could block or never end).
[[nodiscard]] Result<Bytes> read_regular_file(const std::string& path, std::int64_t most_bytes);

// Prescans, then parses. A message that parses but has no graph is no model.
[[nodiscard]] Result<onnx::ModelProto> parse_model(std::span<const std::byte> bytes, const ImportLimits& limits);

}  // namespace mote
