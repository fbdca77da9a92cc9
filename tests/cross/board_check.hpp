#pragma once
#include <string>

#include "tools/build_drop.hpp"
#include "tools/drop_check.hpp"

namespace mote::cross {

// Compiles a model for a target into a folder of its own.
[[nodiscard]] DropManifest written_drop(const std::string& model, const std::string& target_name, BuildOptions options);

// Runs the drop's self-test on the target's emulated board and fails the test case unless it passes; where the board's
// programs are not installed, a warning names what was skipped.
void check_on_target(const std::string& model, const std::string& target_name, const BuildOptions& options);

}  // namespace mote::cross
