// ONNX's own vectors through the whole way: passes, plan, emitted code, compiler. What the interpreter computes correctly,
// the emitted code computes too, to the bit.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>

#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/conformance/coverage.hpp"
#include "tests/conformance/vectors.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;
using namespace mote::conformance;

namespace {

// A model whose outputs are all constants has nothing to emit but copies; it still goes the whole way.
std::string run_emitted(const VectorCase& vector_case, const Target& target, std::atomic<int>& compiled_drops) {
  if (run_case(vector_case).verdict != Verdict::passed) return "";  // the interpreter's test speaks of these
  const auto prepared = prepare(vector_case);
  test::expect(bool{prepared}, vector_case.name + ": cannot be prepared");
  auto compiled = run_passes(standard_pipeline(), prepared->model.graph, {target});
  const auto drop = compiled ? test::drop_of(prepared->model.graph, target, {prepared->inputs}) : Result<FileTree>(compiled.errors());
  if (!drop) return vector_case.name + ": " + render(drop.error());
  const auto outputs = interpret(*compiled, prepared->inputs);
  test::expect(bool{outputs}, vector_case.name + ": the compiled graph does not run");
  for (std::size_t i = 0; i < outputs->size(); ++i)
    if (const auto wrong = difference((*outputs)[i], prepared->outputs[i])) return vector_case.name + ": after the passes: " + *wrong;
  const std::string problem = test::build_and_run(*drop, {.compiler = "c++", .flags = {"-O0"}});
  ++compiled_drops;
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
  std::atomic<int> compiled_drops = 0;
  std::vector<std::function<std::string()>> jobs;
  for (const VectorCase& vector_case : list_cases(*vectors_root()))
    jobs.push_back([=, &target, &compiled_drops] { return run_emitted(vector_case, *target, compiled_drops); });
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
  std::printf("%d vectors through emitted code\n", compiled_drops.load());
  CHECK(compiled_drops.load() > 600);
}
