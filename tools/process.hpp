#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/support/result.hpp"

namespace mote {

// How a child process came to its end.
enum class ProcessEnd : std::uint8_t {
  exited,          // by itself; `status` is its exit status
  signalled,       // by a signal; `status` is the signal's number
  timed_out,       // killed: still running at the time limit
  output_exceeded  // killed: wrote more than the limit
};

struct ProcessLimits {
  std::chrono::milliseconds time{60'000};
  std::size_t output_bytes = std::size_t{4} << 20;  // of stdout and of stderr, each
};

struct ProcessResult {
  ProcessEnd end = ProcessEnd::exited;
  int status = 0;
  std::string standard_output{}, standard_error{};  // cut at the limit
};

// Runs a program to its end with an argument vector (never through a shell), /dev/null as its input, the caller's
// environment and working folder. `arguments[0]` is a path, or a name looked up on PATH; Code::tool_missing when there
// is no such program. The child leads a process group of its own, which is killed as a whole at a limit.
[[nodiscard]] Result<ProcessResult> run_process(const std::vector<std::string>& arguments,
                                                const ProcessLimits& limits = {});

// The executable that `name` means: itself when it has a '/', else the first on PATH.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace mote
