// Every operator, alone in a graph with random attributes and shapes: the emitted code gives the interpreter's bits,
// whichever compiler builds it.
#include <algorithm>

#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/ops/single_node.hpp"
#include "tools/process.hpp"

using namespace mote;

namespace {

std::vector<Tensor> graph_inputs(const test::Instance& instance) {
  const Node& node = instance.graph.nodes.front();
  std::vector<Tensor> inputs;
  for (const ValueId id : instance.graph.inputs)
    inputs.push_back(
        instance.operands[static_cast<std::size_t>(std::ranges::find(node.inputs, id) - node.inputs.begin())]);
  return inputs;
}

// An operator without kernel and view never reaches a plan: the importer folds it (Shape), or no target computes it.
bool is_refusal(const OpDef& op, Code code) {
  return code == Code::unsupported_type || (code == Code::stage_violation && op.lower == nullptr);
}

std::string run_instance(const OpDef& op, const test::Instance& instance, const Target& target,
                         const test::RunOptions& options) {
  const std::string name = std::string(op.name) + ", " + options.compiler + " " + options.flags.front() + ":\n";
  const auto drop = test::drop_of(instance.graph, target, {graph_inputs(instance), random_inputs(instance.graph, 1)});
  if (!drop) return is_refusal(op, drop.error().code) ? "" : name + render(drop.error());
  const std::string problem = test::build_and_run(*drop, options);
  return problem.empty() ? "" : name + problem;
}

// `count` samples of every operator; the samples take turns with the ways to build them.
void check_samples(std::uint64_t seed, int count, const std::vector<test::RunOptions>& builds) {
  const auto target = find_target("host");
  REQUIRE(target);
  std::vector<std::function<std::string()>> jobs;
  Rng rng(seed);
  for (const OpDef* op : all_ops())
    for (int sample = 0; sample < count; ++sample) {
      test::Instance instance = test::draw(*op, rng);
      if (instance.graph.inputs.empty()) continue;  // all operands constant: folded, nothing to emit
      const test::RunOptions& build = builds[jobs.size() % builds.size()];
      jobs.push_back([op, instance = std::move(instance), &target, &build] {
        return run_instance(*op, instance, *target, build);
      });
    }
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

}  // namespace

// Tiles of integer kernels differ between cores; what a drop computes does not.
TEST_CASE("integer products give the interpreter's bits with the tiles of every kind of core") {
  std::vector<Target> targets;
  for (const char* name : {"host", "stm32f030r8", "stm32f407vg", "esp32c3", "atmega2560"}) {
    const auto target = find_target(name);
    REQUIRE(target);
    targets.push_back(*target);
  }
  std::vector<std::function<std::string()>> jobs;
  Rng rng(2031);
  for (const char* name : {"QuantizedConv2d", "QuantizedDepthwiseConv2d", "QuantizedDense"})
    for (const Target& target : targets) {
      const OpDef* op = find_op(name);
      REQUIRE(op != nullptr);
      jobs.push_back([op, &target, instance = test::draw(*op, rng)] {
        return run_instance(*op, instance, target, {.compiler = "c++", .flags = {"-O2"}});
      });
    }
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

TEST_CASE("every operator's emitted code gives the bits of the interpreter") {
  check_samples(2022, 2, {{.compiler = "c++", .flags = {"-O1"}}});
}

TEST_CASE("clang++ gives the same bits at every level of optimisation, and its sanitizers find nothing") {
  if (!find_program("clang++")) {
    WARN("SKIPPED: clang++ is not installed, so no emitted code was built with it");
    return;
  }
  std::vector<test::RunOptions> builds;
  for (const char* level : {"-O1", "-O0", "-O2", "-O3", "-Os"}) builds.push_back({"clang++", {level}});
  builds[0].flags.insert(builds[0].flags.end(), {"-fsanitize=address,undefined", "-fno-sanitize-recover=all"});
  check_samples(2023, 1, builds);
}
