#pragma once
#include <string>
#include <vector>

#include "tools/build_drop.hpp"
#include "tools/drop_check.hpp"

namespace mote::cross {

// Compiles a model for a target into a folder of its own; with `outputs`, for these alone.
[[nodiscard]] DropManifest written_drop(const std::string& model, const std::string& target_name, BuildOptions options,
                                        const std::vector<std::string>& outputs = {});

// Runs the drop's self-test on the target's emulated board and fails the test case unless it passes; where the board's
// programs are not installed, a warning names what was skipped.
void check_on_target(const std::string& model, const std::string& target_name, const BuildOptions& options,
                     const std::vector<std::string>& outputs = {});

}  // namespace mote::cross
