#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/plan.hpp"

namespace mote {

// Decisions of trees that a step has as code, not as constants.
struct BranchCode {
  std::string node{};            // of the model
  std::int64_t decisions = 0;    // distinct
  std::int64_t flash_bytes = 0;  // an estimate, see lib/ops/support/branch_code.hpp
};
[[nodiscard]] std::vector<BranchCode> branch_code(const Plan& plan);
[[nodiscard]] std::int64_t branch_code_bytes(const Plan& plan);

// What a node of the model takes of flash: the constants that its steps read, each once, and its branches. Kernels, which
// all nodes share, are not part of it.
[[nodiscard]] std::int64_t node_flash_bytes(const Plan& plan, std::string_view node);

}  // namespace mote
