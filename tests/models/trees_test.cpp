// Decision-tree ensembles against ONNX Runtime's outputs: labels exactly on every row, scores within 1e-5; as the model
// has them, after the passes, and as emitted code in both of its forms.
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/forest.hpp"
#include "tests/models/golden_outputs.hpp"

using namespace mote;
using namespace mote::test;

namespace {

bool present() { return shared_present("tree ensembles were not compared with their golden outputs"); }

void check_all(const std::function<std::string(const Forest&)>& check) {
  std::vector<std::function<std::string()>> jobs;
  for (const Forest& forest : forests()) jobs.push_back([forest, check] { return check(forest); });
  CHECK(jobs.size() >= 50);
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

}  // namespace

TEST_CASE("tree ensembles give ONNX Runtime's labels and scores on every row of their test sets") {
  if (!present()) return;
  check_all([](const Forest& forest) {
    const Loaded loaded = load(forest);
    return compare_outputs(forest.name, interpret(loaded.graph, loaded.inputs), loaded);
  });
}

TEST_CASE("packed trees and their walker give the same, in the interpreter and as emitted code") {
  if (present()) check_all([](const Forest& forest) { return check_emitted(forest, Optimize::size); });
}

TEST_CASE("trees as nested branches give the same, in the interpreter and as emitted code") {
  if (present()) check_all([](const Forest& forest) { return check_emitted(forest, Optimize::speed); });
}
