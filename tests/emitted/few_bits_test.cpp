// Weights of few bits, and those that are mostly 0, in emitted code: the interpreter's bits, with weights read in pairs,
// as levels and scales, or without zeros.
#include <algorithm>

#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;

namespace {

constexpr int instances = 6;

// Weights [..., OC] on levels of `bits`, each channel with a scale of its own.
void put_on_levels(Tensor& weights, int bits, Rng& rng) {
  const auto channels = static_cast<std::size_t>(weights.shape.extents().back());
  std::vector<float> scales;
  for (std::size_t c = 0; c < channels; ++c) scales.push_back(rng.real(0.01F, 0.1F));
  const std::int64_t reach = std::int64_t{1} << (bits - 1);
  for (std::size_t i = 0; i < weights.as<float>().size(); ++i)
    weights.as<float>()[i] = static_cast<float>(rng.integer(-reach, reach - 1)) * scales[i % channels];
}

Sample real_sample(const OpDef& op, int bits, Rng& rng) {
  Sample sample = op.sample(rng);
  while (sample.inputs[1].type.shape.elements() < 64) sample = op.sample(rng);
  put_on_levels(*sample.inputs[1].constant, bits, rng);
  return sample;
}

// With so many operands: 7 where the last are packed weights, 8 where they are a stream without zeros.
Sample stored_sample(const OpDef& op, std::size_t operands, Rng& rng) {
  Sample sample = op.sample(rng);
  while (sample.inputs.size() != operands) sample = op.sample(rng);
  return sample;
}

// Mostly 0, and stored without zeros: by single inputs, or by quads of them.
Sample stream_sample(const OpDef& op, bool quads, Rng& rng) {
  Sample sample = stored_sample(op, 8, rng);
  while (sample.attrs.contains("stream_inputs") != quads) sample = stored_sample(op, 8, rng);
  return sample;
}

// What is wrong with the drop of one node: its kernel is another, or gives other bits.
std::string run_instance(const std::string& kernel, const Graph& graph, const Target& target) {
  const auto drop = test::drop_of(graph, target, {random_inputs(graph, 1), random_inputs(graph, 2)});
  if (!drop) return render(drop.error());
  const bool has_kernel = std::ranges::any_of(*drop, [&](const auto& file) {
    const auto calls = [&](const char* bracket) {
      return file.second.find("  " + kernel + bracket) != std::string::npos;
    };
    return file.first.find("_network.cpp") != std::string::npos && (calls("<") || calls("("));
  });
  return has_kernel ? test::build_and_run(*drop) : "no call of " + kernel;
}

void run(const std::vector<std::pair<std::string, Graph>>& cases) {
  const auto target = find_target("host");
  REQUIRE(target);
  std::vector<std::function<std::string()>> jobs;
  for (const auto& [kernel, graph] : cases)
    jobs.push_back([&kernel = kernel, &graph = graph, &target] {
      const std::string problem = run_instance(kernel, graph, *target);
      return problem.empty() ? "" : kernel + ": " + problem;
    });
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

}  // namespace

TEST_CASE("real products whose weights are levels times a scale read these, with the same bits") {
  Rng rng(41);
  std::vector<std::pair<std::string, Graph>> cases;
  for (const auto& [name, kernel] : {std::pair{"Conv2d", "conv2d_f32_levels"},
                                     {"DepthwiseConv2d", "depthwise_conv2d_f32_levels"},
                                     {"Dense", "dense_f32_levels"}})
    for (int i = 0; i < instances; ++i) {
      const OpDef& op = *find_op(name);
      cases.emplace_back(kernel, test::instance_of(op, real_sample(op, i % 2 == 0 ? 8 : 4, rng), rng).graph);
    }
  run(cases);
}

TEST_CASE("integer products with packed weights read these, with the same bits") {
  Rng rng(43);
  std::vector<std::pair<std::string, Graph>> cases;
  for (const auto& [name, kernel] : {std::pair{"QuantizedConv2d", "quantized_conv2d_s4"},
                                     {"QuantizedDepthwiseConv2d", "quantized_depthwise_conv2d_s4"},
                                     {"QuantizedDense", "quantized_dense_s4"}})
    for (int i = 0; i < instances; ++i) {
      const OpDef& op = *find_op(name);
      cases.emplace_back(kernel, test::instance_of(op, stored_sample(op, 7, rng), rng).graph);
    }
  run(cases);
}

TEST_CASE("integer products with weights that are mostly 0 read the others, with the same bits") {
  Rng rng(47);
  std::vector<std::pair<std::string, Graph>> cases;
  for (const auto& [name, kernel] : {std::pair{"QuantizedConv2d", "quantized_conv2d_sparse"},
                                     {"QuantizedConv2d", "quantized_conv2d_sparse_quads"},
                                     {"QuantizedDense", "quantized_dense_sparse"},
                                     {"QuantizedDense", "quantized_dense_sparse_quads"}})
    for (int i = 0; i < instances; ++i) {
      const OpDef& op = *find_op(name);
      const bool quads = std::string_view(kernel).ends_with("_quads");
      cases.emplace_back(kernel, test::instance_of(op, stream_sample(op, quads, rng), rng).graph);
    }
  run(cases);
}
