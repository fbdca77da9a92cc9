// Decision-tree ensembles against ONNX Runtime's outputs: labels exactly on every row, scores within 1e-5; as the model
// has them, after the passes, and as emitted code in both of its forms.
#include <catch2/catch.hpp>
#include <cmath>

#include "lib/exec/interpreter.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/forest.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::string compare(const Tensor& found, const Tensor& expected) {
  const std::vector<double> a = found.to_reals(), b = expected.to_reals();
  if (a.size() != b.size()) return "has " + std::to_string(a.size()) + " elements, expected " + std::to_string(b.size());
  double largest = 0;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  std::size_t distant = 0;
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    worst = std::max(worst, difference / largest);
    distant += is_float(expected.dtype) ? difference > 1e-5 * std::max(std::abs(b[i]), 0.1 * largest) : a[i] != b[i];
  }
  if (distant == 0) return {};
  return std::to_string(distant) + " of " + std::to_string(a.size()) + " differ, worst " + std::to_string(worst) + " of the largest";
}

std::string compare_all(const std::string& what, const Result<std::vector<Tensor>>& found, const Loaded& loaded) {
  if (!found) return what + ": " + render(found.error());
  for (std::size_t i = 0; i < loaded.outputs.size(); ++i)
    if (const std::string wrong = compare((*found)[i], loaded.outputs[i]); !wrong.empty())
      return what + ", output " + loaded.graph.at(loaded.graph.outputs[i]).name + ": " + wrong;
  return {};
}

bool present() { return shared_present("tree ensembles were not compared with their golden outputs"); }

std::string check_emitted(const Forest& forest, Optimize optimize) {
  const Loaded loaded = load(forest);
  const auto target = find_target("host");
  const auto compiled = run_passes(standard_pipeline(), loaded.graph, {.target = *target, .optimize = optimize});
  if (!compiled) return forest.name + ": " + render(compiled.error());
  const auto outputs = interpret(*compiled, loaded.inputs);
  if (std::string wrong = compare_all(forest.name + " after the passes", outputs, loaded); !wrong.empty()) return wrong;
  const Loaded few = load(forest, 8);
  const auto drop = drop_of(few.graph, *target, {few.inputs}, optimize);
  if (!drop) return forest.name + ": " + render(drop.error());
  const std::string problem = build_and_run(*drop, {.compiler = "c++", .flags = {"-O1"}});
  return problem.empty() ? "" : forest.name + ":\n" + problem;
}

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
    return compare_all(forest.name, interpret(loaded.graph, loaded.inputs), loaded);
  });
}

TEST_CASE("packed trees and their walker give the same, in the interpreter and as emitted code") {
  if (present()) check_all([](const Forest& forest) { return check_emitted(forest, Optimize::size); });
}

TEST_CASE("trees as nested branches give the same, in the interpreter and as emitted code") {
  if (present()) check_all([](const Forest& forest) { return check_emitted(forest, Optimize::speed); });
}
