// Every operator, alone in a graph with random attributes and shapes: the emitted code gives the interpreter's bits.
#include <catch2/catch.hpp>

#include "lib/ops/op_def.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;

namespace {

Tensor random_tensor(const Sample::Input& input, Rng& rng) {
  Tensor tensor = Tensor::zeros(input.type.dtype, input.type.shape);
  visit_dtype(input.type.dtype, [&]<class T>() {
    for (T& element : tensor.as<T>()) {
      const float drawn = rng.real(input.low, input.high);
      if (input.type.dtype == DType::boolean)
        element = static_cast<T>(drawn > (input.low + input.high) / 2 ? 1 : 0);
      else if constexpr (std::is_unsigned_v<T>)
        element = static_cast<T>(drawn < 0 ? -drawn : drawn);
      else
        element = static_cast<T>(drawn);
    }
  });
  return tensor;
}

struct Case {
  Graph graph{};
  std::vector<Tensor> inputs{};
};

// Nothing: the operator has no such instance as a whole graph (all operands constant, or no output).
std::optional<Case> case_of(const OpDef& op, std::uint64_t seed) {
  Rng rng(seed);
  Sample sample = op.sample(rng);
  Case result;
  Graph& graph = result.graph;
  Node node{.op = &op, .attrs = std::move(sample.attrs), .inputs = {}, .outputs = {},
            .origin = {.file = {}, .node = "node", .op_type = std::string(op.name), .value = {}}};
  for (const Sample::Input& input : sample.inputs) {
    if (!input.present) {
      node.inputs.push_back({});
    } else if (input.constant) {
      node.inputs.push_back(graph.add_constant("constant", input.type, std::make_shared<Bytes>(input.constant->bytes)));
    } else {
      node.inputs.push_back(graph.add_value("input", input.type));
      graph.inputs.push_back(node.inputs.back());
      result.inputs.push_back(random_tensor(input, rng));
    }
  }
  if (graph.inputs.empty()) return std::nullopt;
  const std::string name(op.name);
  test::expect(bool{complete_attributes(op, node.attrs, node.origin)}, name + ": the sampler drew illegal attributes");
  node.outputs.assign(sample.outputs, ValueId{});
  auto types = infer_types(graph, node);
  test::expect(bool{types}, name + ": " + (types ? "" : render(types.error())));
  node.outputs.clear();
  for (TensorType& type : *types) node.outputs.push_back(graph.add_value("output", std::move(type)));
  graph.outputs = node.outputs;
  graph.nodes.push_back(std::move(node));
  return result;
}

std::string run_case(const OpDef& op, std::uint64_t seed, const Target& target) {
  const auto instance = case_of(op, seed);
  if (!instance) return "";
  const auto drop = test::drop_of(instance->graph, target, {instance->inputs, random_inputs(instance->graph, seed)});
  const std::string name = std::string(op.name) + ", seed " + std::to_string(seed) + ":\n";
  if (!drop) return drop.error().code == Code::unsupported_type ? "" : name + render(drop.error());
  const std::string problem = test::build_and_run(*drop, {.compiler = "c++", .flags = {"-O1"}});
  return problem.empty() ? "" : name + problem;
}

}  // namespace

TEST_CASE("every operator's emitted code gives the bits of the interpreter") {
  const auto target = find_target("host");
  REQUIRE(target);
  std::vector<std::function<std::string()>> jobs;
  for (const OpDef* op : all_ops())
    for (std::uint64_t seed = 1; seed <= 2; ++seed) jobs.push_back([=, &target] { return run_case(*op, seed, *target); });
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}
