#pragma once
#include "codegen/generated_functions.hpp"

namespace mote {

// The trees of a TreeLeaves or TreeSums step as functions of nested branches, in the types of
// codegen/kernels/tree_branches.hpp and tree_sums.hpp, one per group of trees. Subtrees that occur more than once, and
// those that begin deep inside, are functions of their own. Comments say in the model's terms what is compared.
[[nodiscard]] GeneratedCode tree_functions(const Plan& plan, const Step& step, const std::string& name);

}  // namespace mote
