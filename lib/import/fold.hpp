#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/import/limits.hpp"
#include "lib/ops/op_def.hpp"

namespace mote {

// Evaluates nodes at import whose results are known then: those with only constant operands, and Shape and Size, which
// ask for the type of their operand alone. This is what resolves the shapes that exporters compute with Shape, Gather,
// Concat, …; anything with a larger result is left to the pass that folds constants.
// DequantizeLinear is never folded: constant weights with their scale are the form that quantization builds on.
class Folder {
 public:
  explicit Folder(const ImportLimits& limits) : limits_(limits), work_left_(limits.folding_work) {}

  // The outputs of a node whose output types are known; nothing if it is not to be folded.
  [[nodiscard]] std::optional<std::vector<Tensor>> fold(const Graph& graph, const Node& node);

 private:
  ImportLimits limits_;
  std::int64_t work_left_;
};

}  // namespace mote
