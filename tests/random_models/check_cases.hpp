#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tests/random_models/model_pack.hpp"

namespace mote::random_models {

// How a pack of compiled cases is held to the interpreter: on a host's build, on a board.
using Checker = std::function<std::string(std::span<const CompiledCase>)>;

// Compiles the cases with these numbers and checks them together. Empty when all is well; otherwise what fails, case by
// case, each with the text form of the smallest network that still fails.
[[nodiscard]] std::string check_cases(const std::vector<std::uint64_t>& numbers, const Target& target,
                                      const Checker& check);

}  // namespace mote::random_models
