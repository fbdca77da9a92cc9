#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lib/import/limits.hpp"
#include "lib/ir/graph.hpp"

namespace mote {

struct ImportOptions {
  std::map<std::string, std::vector<std::int64_t>> shapes{};  // --shape input=1,3,32,32
  std::map<std::string, Tensor> constants{};                  // --constant name=file.npy: a graph input becomes a constant
  bool allow_external_data = false;                           // only files beneath the model's own folder
  ImportLimits limits{};
};

// A tensor that was read from a file beside the model; recorded so that a drop can name all its sources.
struct ExternalTensor {
  std::string tensor{};
  std::string location{};
  std::int64_t offset = 0, length = 0;
  std::string sha256{};  // of the range
};

struct ImportedModel {
  Graph graph{};            // Stage::imported, with ONNX operator names and NCHW layouts as in the file
  Diagnostics notes{};      // assumptions made (free batch dimension fixed to 1, newer opset, …)
  std::string sha256{};     // of the file
  std::int64_t opset = 0;   // of the default domain
  std::string producer{};
  std::vector<ExternalTensor> external{};
};

// Reads an ONNX file. On failure, all problems of the model at once, each with node, operator, found, supported, hint.
//
// The graph: nodes in topological order (the file's own order where that is one); initializers and Constant nodes are
// constant values; operands that AttrSpec::operand declares are attributes; subgraphs of constants and shapes with a
// small result are evaluated; every graph output is produced by a node (an Identity where the model has none) and
// carries the model's name; constants that nothing reads are gone. Free dimensions: the first one of an input becomes
// 1 with a note, all others need ImportOptions::shapes.
//
// Never throws on account of the file; memory and time are bounded by ImportOptions::limits.
[[nodiscard]] Result<ImportedModel> import_onnx(const std::string& path, const ImportOptions& options = {});

// The same from memory; `path` names the model in diagnostics, its folder holds external data.
[[nodiscard]] Result<ImportedModel> import_onnx_bytes(std::span<const std::byte> bytes, const std::string& path,
                                                      const ImportOptions& options = {});

}  // namespace mote
