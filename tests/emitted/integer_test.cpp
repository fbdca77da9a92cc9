// What integer inference needs besides its own operators: those that move, compare and limit elements, on s8 and s16.
#include <algorithm>
#include <limits>
#include <optional>

#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;

namespace {

constexpr std::string_view names[] = {
    "ArgMax",  "ArgMin", "Clip",      "Concat",      "Equal", "Expand",  "Gather",    "Greater", "GreaterOrEqual",
    "Less",    "Select2d", "Max",    "MaxPool2d", "LessOrEqual", "Min",   "MaxPool", "Pad",       "Relu",    "ReduceMax",
    "Reshape", "Slice",  "Split",     "ReduceMin",   "Where", "Squeeze", "Transpose", "Flatten", "Unsqueeze"};

bool is_of(const Sample::Input& input, DType dtype) { return input.present && input.type.dtype == dtype; }

// The sampler's next instance of this element type, its run-time elements drawn from all that the type holds.
std::optional<Sample> sample_of_type(const OpDef& op, DType dtype, Rng& rng) {
  const bool byte = dtype == DType::s8;
  for (int attempt = 0; attempt < 2000; ++attempt) {
    Sample sample = op.sample(rng);
    if (std::ranges::none_of(sample.inputs, [&](const auto& input) { return is_of(input, dtype) && !input.constant; }))
      continue;
    for (Sample::Input& input : sample.inputs) {
      if (!is_of(input, dtype)) continue;
      input.low = byte ? -128.0F : -32768.0F;
      input.high = byte ? 127.0F : 32767.0F;
    }
    return sample;
  }
  return std::nullopt;
}

// The operands that are graph inputs, in the graph's order.
std::vector<Tensor> graph_inputs(const test::Instance& instance) {
  const auto& operands = instance.graph.nodes.front().inputs;
  std::vector<Tensor> inputs;
  for (const ValueId id : instance.graph.inputs)
    inputs.push_back(instance.operands[static_cast<std::size_t>(std::ranges::find(operands, id) - operands.begin())]);
  return inputs;
}

std::string run_instance(const std::string& name, const test::Instance& instance, const Target& target) {
  const auto drop = test::drop_of(instance.graph, target, {graph_inputs(instance)});
  if (!drop) return name + render(drop.error());
  const std::string problem = test::build_and_run(*drop);
  return problem.empty() ? "" : name + problem;
}

}  // namespace

TEST_CASE("operators that move, compare and limit elements run on s8 and s16 as on floats") {
  const auto target = find_target("host");
  REQUIRE(target);
  Rng rng(816);
  std::vector<std::function<std::string()>> jobs;
  for (const std::string_view name : names) {
    const OpDef* op = find_op(name);
    INFO(name);
    REQUIRE(op != nullptr);
    for (const DType dtype : {DType::s8, DType::s16}) {
      const auto sample = sample_of_type(*op, dtype, rng);
      REQUIRE(sample);
      jobs.push_back([what = std::string(name) + " of " + std::string(name_of(dtype)) + ":\n",
                      instance = test::instance_of(*op, *sample, rng),
                      &target] { return run_instance(what, instance, *target); });
    }
  }
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}
