#pragma once
#include "lib/ops/op_def.hpp"

namespace mote {

// What of an integer network still runs in floating point, one note per node with what it costs (Code::float_island):
// nodes with real results that are neither conversions nor views. Empty for a graph without integer arithmetic.
[[nodiscard]] Diagnostics float_islands(const Graph& graph);
// The same as errors, Code::no_integer_form: what --integer-only answers.
[[nodiscard]] Status require_integers(const Graph& graph);

}  // namespace mote
