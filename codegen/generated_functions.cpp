#include "codegen/generated_functions.hpp"

#include <algorithm>

#include "codegen/tree_functions.hpp"

namespace mote {
namespace {

struct Generator {
  std::string_view kernel;
  GeneratedCode (*print)(const Plan& plan, const Step& step, const std::string& name);
};
constexpr Generator generators[] = {{"tree_branches", tree_functions},
                                    {"tree_branch_sums", tree_functions},
                                    {"tree_branch_vote_labels", tree_functions},
                                    {"tree_branch_sum_labels", tree_functions},
                                    {"tree_branch_share_labels", tree_functions}};

}  // namespace

bool has_generated_code(std::string_view kernel) {
  return std::ranges::find(generators, kernel, &Generator::kernel) != std::end(generators);
}

GeneratedCode generated_code(const Plan& plan, const Step& step, const std::string& name) {
  const auto found = std::ranges::find(generators, step.call.kernel, &Generator::kernel);
  return found == std::end(generators) ? GeneratedCode{} : found->print(plan, step, name);
}

}  // namespace mote
