#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lib/support/result.hpp"

namespace mote {

// What manifest.json says of a drop, as far as verification needs it.
struct DropManifest {
  std::string name{}, target{};
  std::vector<std::filesystem::path> sources{}, selftest_sources{}, include_dirs{};  // absolute
  std::vector<std::string> compile_options{};
};
[[nodiscard]] Result<DropManifest> read_manifest(const std::filesystem::path& folder);

// One thing that was checked, and how it ended.
struct CheckOutcome {
  enum class State { passed, failed, skipped } state = State::passed;
  std::string name{};    // "hashes", "host", "cortex-m4"
  std::string detail{};  // one line, or what the failing program said
  Code code = Code::vectors_mismatch;  // when failed
};

// Every file against the manifest's SHA-256; files that the manifest does not list count as changed.
[[nodiscard]] CheckOutcome check_hashes(const std::filesystem::path& folder);
// Builds the self-test with the host's C++ compiler (as C++14, warnings are errors) and runs the vectors.
[[nodiscard]] CheckOutcome check_on_host(const std::filesystem::path& folder, const DropManifest& manifest);
// The same for the drop's target on its emulated board; skipped, saying why, where a program is not installed.
[[nodiscard]] CheckOutcome check_on_board(const DropManifest& manifest, const std::string& target_name);

}  // namespace mote
