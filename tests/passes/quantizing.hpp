#pragma once
#include <cmath>

#include "lib/quant/noise.hpp"
#include "passes/quantize/options.hpp"
#include "tests/passes/pass_test.hpp"

// Graphs as text through the passes that quantize, on random samples.
namespace mote::test {

inline CalibrationSamples random_samples(const Graph& graph, std::int64_t count) {
  return {.count = count, .sample = [graph](std::int64_t index) -> Result<std::vector<Tensor>> {
            return random_inputs(graph, static_cast<std::uint64_t>(index) + 1);
          }};
}

inline Graph run_quantizing(std::initializer_list<std::string_view> names, const Graph& graph,
                            const QuantizeOptions& options) {
  std::vector<Pass> passes;
  for (const std::string_view name : names) passes.push_back(*find_pass(name));
  const Target target{};
  auto result = run_passes(passes, graph, {.target = target, .quantize = &options}, verify_each());
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return *std::move(result);
}

// From the real network to the integer one, as far as the options ask for.
inline Graph integer_graph(const Graph& graph, const QuantizeOptions& options) {
  return run_quantizing({"equalize", "calibrate", "fit-weights", "realize-integers"}, graph, options);
}

inline const Value& value_named(const Graph& graph, std::string_view name) {
  const auto found = std::ranges::find(graph.values, name, &Value::name);
  REQUIRE(found != graph.values.end());
  return *found;
}

// Elements `first`, `first` + step, … of a constant times `factor`.
inline void scale_constant(Graph& graph, std::string_view name, std::size_t first, std::size_t step, std::size_t count,
                           float factor) {
  for (Value& value : graph.values) {
    if (value.name != name) continue;
    Tensor tensor{.dtype = DType::f32, .shape = value.type.shape, .bytes = *value.data};
    for (std::size_t i = 0; i < count; ++i) tensor.as<float>()[first + i * step] *= factor;
    value.data = std::make_shared<const Bytes>(tensor.bytes);
  }
}

// Of the only output, in dB, on samples that nothing was fitted to.
inline double fidelity(const Graph& real, const Graph& quantized) {
  SignalToNoise noise;
  for (std::uint64_t seed = 1000; seed < 1200; ++seed) {
    const std::vector<Tensor> inputs = random_inputs(real, seed);
    noise.add((*interpret(real, inputs))[0].as<float>(), (*interpret(quantized, inputs))[0].as<float>());
  }
  return noise.decibels().value_or(200.0);
}

}  // namespace mote::test
