#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/ops/verify.hpp"
#include "passes/pass.hpp"
#include "passes/verify_each.hpp"

// What the tests of passes share: graphs as text in, text out, and a run of both.
namespace mote::test {

inline Graph graph_of(std::string_view text) {
  Result<Graph> graph = parse(text);
  INFO(text);
  INFO((graph ? std::string() : graph.error().message));
  REQUIRE(graph);
  return *std::move(graph);
}

inline Graph run_pass(std::string_view name, Graph graph) {
  const Pass* pass = find_pass(name);
  REQUIRE(pass != nullptr);
  const Target target{};
  const Graph before = graph;
  Result<Graph> after = run_passes({pass, 1}, std::move(graph), {.target = target}, verify_each());
  INFO("before:\n" << print(before, ConstantText::omitted));
  INFO((after ? std::string() : after.error().message));
  REQUIRE(after);
  return *std::move(after);
}

// The nodes and outputs of a graph, without what the test has written itself.
inline std::string body(const Graph& graph) {
  std::string text = print(graph, ConstantText::omitted);
  for (const std::string_view prefix : {"graph ", "input ", "constant "}) {
    while (true) {
      const std::size_t line = text.starts_with(prefix) ? 0 : text.find("\n" + std::string(prefix));
      if (line == std::string::npos) break;
      const std::size_t start = line == 0 && text.starts_with(prefix) ? 0 : line + 1;
      text.erase(start, text.find('\n', start) + 1 - start);
    }
  }
  return text;
}

inline std::ptrdiff_t count_of(const Graph& graph, std::string_view op) {
  return std::ranges::count_if(graph.nodes, [&](const Node& node) { return node.op->name == op; });
}

// "Conv2d Dense Softmax": the operators in order of execution.
inline std::string ops_of(const Graph& graph) {
  std::string names;
  for (const Node& node : graph.nodes) names += (names.empty() ? "" : " ") + std::string(node.op->name);
  return names;
}

// Runs a pass (held to its promise on random inputs) and compares the nodes that it leaves.
inline void check_pass(std::string_view name, std::string_view before, std::string_view after) {
  CHECK(body(run_pass(name, graph_of(before))) == after);
}

}  // namespace mote::test
