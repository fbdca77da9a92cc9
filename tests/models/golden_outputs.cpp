#include "tests/models/golden_outputs.hpp"

#include <cmath>

#include "lib/exec/interpreter.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/emitted/drop_runner.hpp"

namespace mote::test {
namespace {

std::string compare(const Tensor& found, const Tensor& expected, const Nearness& nearness) {
  const std::vector<double> a = found.to_reals(), b = expected.to_reals();
  if (a.size() != b.size()) return "has " + std::to_string(a.size()) + " elements, expected " + std::to_string(b.size());
  double largest = 0;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  std::size_t distant = 0;
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    worst = std::max(worst, difference / largest);
    const double size = std::max({std::abs(b[i]), nearness.of_largest * largest, nearness.size});
    const bool near = difference <= 1e-5 * size;  // false for a NaN
    distant += is_float(expected.dtype) ? !near : a[i] != b[i];
  }
  if (distant == 0) return {};
  return std::to_string(distant) + " of " + std::to_string(a.size()) + " differ, worst " + std::to_string(worst) + " of the largest";
}

}  // namespace

std::string compare_outputs(const std::string& what, const Result<std::vector<Tensor>>& found, const Loaded& loaded,
                            const Nearness& nearness) {
  if (!found) return what + ": " + render(found.error());
  for (std::size_t i = 0; i < loaded.outputs.size(); ++i)
    if (const std::string wrong = compare((*found)[i], loaded.outputs[i], nearness); !wrong.empty())
      return what + ", output " + loaded.graph.at(loaded.graph.outputs[i]).name + ": " + wrong;
  return {};
}

std::string check_emitted(const Forest& forest, Optimize optimize, const Nearness& nearness) {
  const Loaded loaded = load(forest);
  const auto target = find_target("host");
  const auto compiled = run_passes(standard_pipeline(), loaded.graph, {.target = *target, .optimize = optimize});
  if (!compiled) return forest.name + ": " + render(compiled.error());
  const auto outputs = interpret(*compiled, loaded.inputs);
  if (std::string wrong = compare_outputs(forest.name + " after the passes", outputs, loaded, nearness); !wrong.empty()) return wrong;
  const Loaded few = load(forest, 8);
  const auto drop = drop_of(few.graph, *target, {few.inputs}, optimize);
  if (!drop) return forest.name + ": " + render(drop.error());
  const std::string problem = build_and_run(*drop, {.compiler = "c++", .flags = {"-O1"}});
  return problem.empty() ? "" : forest.name + ":\n" + problem;
}

}  // namespace mote::test
