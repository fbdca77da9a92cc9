#pragma once
#include <string>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// The names of the classes that an operand's integers stand for, if what gives it names them; strings of the model are
// such integers here.
[[nodiscard]] std::vector<std::string> operand_names(const OpView& op, std::size_t input);

}  // namespace mote::ops
