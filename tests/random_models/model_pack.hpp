#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "lib/target/target.hpp"
#include "tests/random_models/random_case.hpp"
#include "tools/emulator_boards.hpp"

namespace mote::random_models {

// A case that went the whole way: passes, plan, check, emission; and what the interpreter says of the compiled graph.
struct CompiledCase {
  std::uint64_t number = 0;
  std::string prefix{};  // of the drop
  Graph graph{};         // as compiled
  FileTree drop{};
  std::vector<std::string> compile_options{};
  std::vector<GoldenVector> vectors{};
};
[[nodiscard]] Result<CompiledCase> compile_case(const Case& one, const Target& target);

// Many drops as one program that runs them all: the drops as they were emitted, each in a namespace of its own, with
// one copy of the kernels for all. Writes them and returns the sources to compile; what they include lies in
// include_folders. All cases have the same number of vectors.
struct PackSources {
  std::vector<std::filesystem::path> sources{}, include_folders{};
};
[[nodiscard]] PackSources write_pack(std::span<const CompiledCase> cases, const std::filesystem::path& folder);

struct Build {
  std::string compiler{};
  std::vector<std::string> flags{};
  [[nodiscard]] std::string name() const { return compiler + " " + flags.front(); }
};

// On a host every drop has the same compile options; for a board, drops with other options make an image of their own.
// Empty when the program gives the interpreter's bits for every vector of every case; else what went wrong.
[[nodiscard]] std::string problem_on_host(std::span<const CompiledCase> cases, const Build& build);
[[nodiscard]] std::string problem_on_board(std::span<const CompiledCase> cases, const Board& board);

}  // namespace mote::random_models
