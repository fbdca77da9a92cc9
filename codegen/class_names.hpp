#pragma once
#include <string>
#include <vector>

#include "codegen/names.hpp"

namespace mote {

// The names of classes that an output's integers stand for, in their order; empty if the model names none.
[[nodiscard]] std::vector<std::string> class_names_of(const Plan& plan, ValueId output);

// For the C header: an enumerator per class and the declaration of a table of names. `macro` and `function` as for
// quantized_interface.
[[nodiscard]] std::string class_declarations(const std::vector<std::string>& classes, const std::string& macro,
                                             const std::string& function);
// For the source: the table.
[[nodiscard]] std::string class_table(const std::vector<std::string>& classes, const std::string& function);

}  // namespace mote
