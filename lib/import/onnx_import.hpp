#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

struct ImportOptions {
  std::map<std::string, std::vector<std::int64_t>> shapes{};  // --shape input=1,3,32,32
  std::map<std::string, Tensor> constants{};                  // --constant name=file.npy: a graph input becomes a constant
  bool allow_external_data = false;                           // only files beneath the model's own folder
};

struct ImportedModel {
  Graph graph{};            // Stage::imported, with ONNX operator names and NCHW layouts as in the file
  Diagnostics notes{};      // assumptions made (free batch dimension fixed to 1, newer opset, …)
  std::string sha256{};     // of the file
  std::int64_t opset = 0;   // of the default domain
  std::string producer{};
};

// Reads an ONNX file. On failure, all problems of the model at once, each with node, operator, found, supported, hint.
[[nodiscard]] Result<ImportedModel> import_onnx(const std::string& path, const ImportOptions& options = {});

}  // namespace mote
