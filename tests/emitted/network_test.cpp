// A whole network: the interpreter's bits from either compiler, at every level of optimisation, as every standard of
// C++, and without a finding of the sanitizers.
#include <catch2/catch.hpp>

#include "lib/import/onnx_import.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tools/process.hpp"

using namespace mote;

TEST_CASE("the digits network has the same bits however it is built") {
  const auto model = import_onnx("samples/digits/digits.onnx");
  REQUIRE(model);
  const auto target = find_target("host");
  REQUIRE(target);
  const auto drop =
      test::drop_of(model->graph, *target, {random_inputs(model->graph, 1), random_inputs(model->graph, 2)});
  INFO((drop ? "" : render(drop.error())));
  REQUIRE(drop);
  std::vector<std::function<std::string()>> jobs;
  for (const std::string compiler : {"g++", "clang++"}) {
    if (!find_program(compiler)) {
      WARN("SKIPPED: " << compiler << " is not installed");
      continue;
    }
    for (const std::vector<std::string>& flags : {std::vector<std::string>{"-O0"},
                                                  {"-Os", "-std=c++17"},
                                                  {"-O2", "-std=c++20"},
                                                  {"-O3", "-march=native"},
                                                  {"-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}})
      jobs.push_back([&drop, compiler, flags] {
        const std::string problem = test::build_and_run(*drop, {.compiler = compiler, .flags = flags});
        return problem.empty() ? "" : compiler + " " + flags.front() + " " + flags.back() + ":\n" + problem;
      });
  }
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}
