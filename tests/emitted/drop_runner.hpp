#pragma once
#include <functional>
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "lib/exec/interpreter.hpp"
#include "lib/target/target.hpp"
#include "passes/pass.hpp"

// Compiles emitted drops with a host compiler and runs their self-tests: what "bit-identical" is shown with.
namespace mote::test {

struct RunOptions {
  std::string compiler = "c++";
  std::vector<std::string> flags{"-O1"};  // besides C++14, contraction off and every warning as an error
};

// Passes, plan, check and emission of a graph, with golden vectors for the given inputs.
[[nodiscard]] Result<FileTree> drop_of(Graph graph, const Target& target, const std::vector<std::vector<Tensor>>& inputs,
                                       Optimize optimize = Optimize::automatic, bool rank_inputs = false);

// Empty when the self-test passes; otherwise what the compiler or the self-test said.
[[nodiscard]] std::string build_and_run(const FileTree& drop, const RunOptions& options = {});

// Fails the job that runs: Catch's own assertions belong to the main thread.
void expect(bool condition, const std::string& what);

// Runs independent jobs on two threads; each returns (or throws) what went wrong, or nothing. Failures in order of jobs.
[[nodiscard]] std::vector<std::string> run_all(const std::vector<std::function<std::string()>>& jobs);

}  // namespace mote::test
