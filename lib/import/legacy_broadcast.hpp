#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {

// Broadcasting before NumPy's rules came (ONNX 7; 8 for Max, Min, Sum and Mean), made explicit:
//   Add, Sub, Mul, Div, Pow, And, Or, Xor, Equal, Greater, Less   with `broadcast` = 1 the second operand repeats; its
//       axes are those of the first from `axis` on, or its last ones where `axis` is left out; else shapes are equal
//   PRelu                     a slope of several elements belongs to axis 1
//   Max, Min, Sum, Mean       shapes are equal
// Takes `broadcast` and `axis` from the node. Returns the extents that the second operand must be reshaped to so that
// NumPy's rules mean the same; nothing where they do already.
using LegacyExtents = std::optional<std::vector<std::int64_t>>;
[[nodiscard]] Result<LegacyExtents> align_legacy_operand(const Graph& graph, Node& node, std::int64_t opset);

}  // namespace mote
