// ONNX's own vectors through the whole way: passes, plan, emitted code, compiler. What the interpreter computes correctly,
// the emitted code computes too, to the bit.
#include <catch2/catch.hpp>
#include <cstdio>
#include <mutex>

#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/conformance/coverage.hpp"
#include "tests/conformance/vectors.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;
using namespace mote::conformance;

namespace {

struct Tally {
  std::mutex mutex{};
  int compiled = 0;
  std::vector<std::string> without_kernel{};
};

// A model whose outputs are all constants has nothing to emit but copies; it still goes the whole way.
std::string run_emitted(const VectorCase& vector_case, const Target& target, Tally& tally) {
  if (run_case(vector_case).verdict != Verdict::passed) return "";  // the interpreter's test speaks of these
  const auto prepared = prepare(vector_case);
  test::expect(bool{prepared}, vector_case.name + ": cannot be prepared");
  auto compiled = run_passes(standard_pipeline(), prepared->model.graph, {target});
  const auto drop = compiled ? test::drop_of(prepared->model.graph, target, {prepared->inputs}) : Result<FileTree>(compiled.errors());
  if (!drop) {
    const bool no_kernel = drop.error().code == Code::stage_violation || drop.error().code == Code::unsupported_type ||
                           drop.error().code == Code::unsupported_form;
    const std::lock_guard lock(tally.mutex);
    if (no_kernel) tally.without_kernel.push_back(vector_case.name + ": " + drop.error().message);
    return no_kernel ? "" : vector_case.name + ": " + render(drop.error());
  }
  const auto outputs = interpret(*compiled, prepared->inputs);
  test::expect(bool{outputs}, vector_case.name + ": the compiled graph does not run");
  for (std::size_t i = 0; i < outputs->size(); ++i)
    if (const auto wrong = difference((*outputs)[i], prepared->outputs[i])) return vector_case.name + ": after the passes: " + *wrong;
  const std::string problem = test::build_and_run(*drop, {.compiler = "c++", .flags = {"-O0"}});
  const std::lock_guard lock(tally.mutex);
  ++tally.compiled;
  return problem.empty() ? "" : vector_case.group + "/" + vector_case.name + ":\n" + problem;
}

}  // namespace

TEST_CASE("emitted code passes every vector of ONNX that the interpreter passes", "[conformance]") {
  if (!vectors_root()) {
    WARN("SKIPPED: the package libonnx-testdata is not installed, so no vectors were compiled");
    return;
  }
  const auto target = find_target("host");
  REQUIRE(target);
  Tally tally;
  std::vector<std::function<std::string()>> jobs;
  for (const VectorCase& vector_case : list_cases(*vectors_root()))
    jobs.push_back([=, &target, &tally] { return run_emitted(vector_case, *target, tally); });
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
  std::printf("%d vectors through emitted code; %zu without a kernel:\n", tally.compiled, tally.without_kernel.size());
  for (const std::string& line : tally.without_kernel) std::printf("  %s\n", line.c_str());
  CHECK(tally.compiled > 300);
}
