#pragma once
#include <map>
#include <string>

#include "lib/import/onnx_import.hpp"
#include "lib/import/problems.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// Decides the static types of graph inputs. Every extent comes from --shape, else from the file, else from another
// input whose extent of the same symbolic name is known, else it is 1 (first axis only, with a note); what is left is
// an error that says how to fix it.
class InputTypes {
 public:
  explicit InputTypes(const ImportOptions& options) : options_(options) {}

  // First for all inputs: symbolic extents that --shape settles.
  void bind_symbols(const onnx::ValueInfoProto& input);
  [[nodiscard]] Result<TensorType> type_of(const onnx::ValueInfoProto& input, Diagnostics& notes);

 private:
  [[nodiscard]] Result<Shape> shape_of(const onnx::ValueInfoProto& input, Diagnostics& notes);

  const ImportOptions& options_;
  std::map<std::string, std::int64_t> symbols_;
};

}  // namespace mote
