#pragma once
#include <map>
#include <string>
#include <vector>

#include "codegen/emit.hpp"

namespace mote {

// Every C and C++ name of one drop, chosen once so that all files agree.
struct DropNames {
  std::string prefix{};                       // "kws": header, functions, context type
  std::string macro{};                        // "KWS"
  std::string kernels{};                      // namespace of this drop's copy of the kernels: "kws_kernels"
  std::vector<std::string> inputs{}, outputs{};  // parameters of <prefix>_run
  std::map<ValueId, std::string> constants{};    // arrays in <prefix>_weights
  std::vector<std::string> geometry{};           // per step; equal geometries share a name, hence one instantiation
  std::vector<std::size_t> geometry_owner{};     // the first step with that geometry
};

[[nodiscard]] DropNames choose_names(const Plan& plan, const EmitOptions& options);

// "features/conv1 (Conv)": what comments call a step, in the model's own words.
[[nodiscard]] std::string layer_title(const Plan& plan, const Step& step);

// The constant that holds the bytes of an operand: itself or, of a view, what it is a view of. Empty: no constant does.
[[nodiscard]] ValueId constant_of(const Plan& plan, ValueId id);

// The constants that steps read, in order of first use.
[[nodiscard]] std::vector<ValueId> used_constants(const Plan& plan);

}  // namespace mote
