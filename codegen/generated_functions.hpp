#pragma once
#include <string>
#include <string_view>

#include "codegen/names.hpp"

namespace mote {

// Functions that belong to one step of one model, for kernels whose code follows the model's constants: they are printed
// in front of the step's geometry, and the geometry gets members that call them. Empty for all other kernels.
struct GeneratedCode {
  std::string functions{};  // at namespace scope, each named with the prefix `name`
  std::string members{};    // inside the geometry
};
[[nodiscard]] bool has_generated_code(std::string_view kernel);
[[nodiscard]] GeneratedCode generated_code(const Plan& plan, const Step& step, const std::string& name);

}  // namespace mote
