#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lib/ir/type.hpp"
#include "lib/support/result.hpp"

namespace mote {

// An input or output of a drop.
struct DropTensor {
  std::string name{}, c_name{};  // of the model, in C
  TensorType type{};             // with scale and zero point where it is quantized
};

// What an ensemble of decision trees takes in a drop.
struct DropTrees {
  std::string name{}, form{};  // of the node; "branches" or "packed"
  std::int64_t flash_bytes = 0;
  double flash_bytes_per_node = 0;
};

// What manifest.json says of a drop, as far as building and running it needs.
struct DropManifest {
  std::string name{}, target{};
  std::string header{}, entry{}, context_type{};
  std::vector<DropTensor> inputs{}, outputs{};
  std::vector<std::filesystem::path> sources{}, selftest_sources{}, include_dirs{};  // absolute
  std::vector<std::string> compile_options{};
  std::int64_t stack_bytes = 0;  // what a run may use at most
  std::vector<DropTrees> trees{};
};
[[nodiscard]] Result<DropManifest> read_manifest(const std::filesystem::path& folder);

// One thing that was checked, and how it ended.
struct CheckOutcome {
  enum class State { passed, failed, skipped } state = State::passed;
  std::string name{};    // "hashes", "host", "cortex-m4"
  std::string detail{};  // one line, or what the failing program said
  Code code = Code::vectors_mismatch;  // when failed
};

// Compiles the drop's sources and more of the caller's with the host's C++ compiler, as C++14 with warnings as errors.
// Code::tool_missing, Code::drop_build_failed with what the compiler said.
[[nodiscard]] Status build_on_host(const DropManifest& manifest, const std::vector<std::filesystem::path>& more_sources,
                                   const std::filesystem::path& program);

// Every file against the manifest's SHA-256; files that the manifest does not list count as changed.
[[nodiscard]] CheckOutcome check_hashes(const std::filesystem::path& folder);
// Builds the self-test with the host's C++ compiler (as C++14, warnings are errors) and runs the vectors.
[[nodiscard]] CheckOutcome check_on_host(const std::filesystem::path& folder, const DropManifest& manifest);
// The same for the drop's target on its emulated board, where the stack of the whole self-test must also stay within
// what the manifest declares for a run; skipped, saying why, where a program is not installed.
[[nodiscard]] CheckOutcome check_on_board(const DropManifest& manifest, const std::string& target_name);

}  // namespace mote
