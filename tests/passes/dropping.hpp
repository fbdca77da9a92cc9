#pragma once
#include "tests/passes/pass_test.hpp"

// Graphs as text through drop-channels, and what is left of their values. `run_pass` also runs both graphs on random
// inputs and compares their outputs.
namespace mote::test {

inline Graph dropped(std::string_view text) { return run_pass("drop-channels", graph_of(text)); }

inline std::string shape_of(const Graph& graph, std::string_view name) {
  for (const Value& value : graph.values)
    if (value.name == name) return value.type.shape.text();
  return "no " + std::string(name);
}

inline std::vector<double> constant_of(const Graph& graph, std::string_view name) {
  for (std::uint32_t i = 0; i < graph.values.size(); ++i)
    if (graph.values[i].name == name) return graph.constant(ValueId{i}).to_reals();
  return {};
}

}  // namespace mote::test
