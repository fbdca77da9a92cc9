#pragma once
#include <string_view>

#include "lib/ops/op_def.hpp"

namespace mote {

// The declaration of an attribute; nullptr: the operator has none of this name.
[[nodiscard]] const AttrSpec* attribute_of(const OpDef& op, std::string_view name);

// Whether the attribute has the value that a model means by leaving it out.
[[nodiscard]] bool is_default(const OpDef& op, std::string_view name, const Attrs& attrs);

// Not of ONNX: what calibration notes at a recurrent layer, whose cells have no place in a model of pairs.
[[nodiscard]] inline bool is_own(std::string_view name) { return name == "cell_bits"; }

}  // namespace mote
