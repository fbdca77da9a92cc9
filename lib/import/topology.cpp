#include "lib/import/topology.hpp"

#include <algorithm>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "lib/import/names.hpp"

namespace mote {
namespace {

using Producers = std::unordered_map<std::string_view, int>;

Diagnostic inconsistent(std::string message, Locus where, const std::string& value) {
  where.value = plain(value);
  return {.code = Code::malformed_graph, .message = std::move(message), .where = std::move(where)};
}

Producers find_producers(const onnx::GraphProto& graph, const std::function<bool(const std::string&)>& is_given,
                         Problems& problems) {
  Producers producers;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& output : graph.node(i).output()) {
      if (output.empty()) continue;
      const auto [place, fresh] = producers.emplace(output, i);
      if (!fresh)
        problems.add(inconsistent("the tensor is defined twice, first by node " +
                                      shown(locus_of(graph.node(place->second), place->second).node),
                                  locus_of(graph.node(i), i), output));
      else if (is_given(output))
        problems.add(inconsistent("the tensor is defined twice, first as an input or initializer",
                                  locus_of(graph.node(i), i), output));
    }
  }
  return producers;
}

// Some cycle among the nodes that are left: from any of them, always one step back to a node that is left too.
std::vector<int> find_cycle(const onnx::GraphProto& graph, const Producers& producers,
                            const std::vector<int>& waiting) {
  int at = static_cast<int>(std::ranges::find_if(waiting, [](int count) { return count > 0; }) - waiting.begin());
  std::vector<int> path;
  std::unordered_map<int, std::size_t> position;
  while (position.emplace(at, path.size()).second) {
    path.push_back(at);
    for (const std::string& input : graph.node(at).input()) {
      const auto found = producers.find(input);
      if (found == producers.end() || waiting[static_cast<std::size_t>(found->second)] == 0) continue;
      at = found->second;
      break;
    }
  }
  path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(position[at]));
  std::ranges::reverse(path);
  // Not std::ranges::rotate: clang 14 cannot compile libstdc++'s subrange.
  std::rotate(path.begin(), std::ranges::min_element(path), path.end());
  return path;
}

Diagnostic cycle_problem(const onnx::GraphProto& graph, const std::vector<int>& cycle) {
  constexpr std::size_t most_named = 8;
  std::string names;
  for (std::size_t i = 0; i < std::min(cycle.size(), most_named); ++i)
    names += locus_of(graph.node(cycle[i]), cycle[i]).node + " -> ";
  if (cycle.size() > most_named) names += "… -> ";
  names += locus_of(graph.node(cycle.front()), cycle.front()).node;
  return {.code = Code::malformed_graph,
          .message = "the nodes form a cycle of " + std::to_string(cycle.size()) + ": " + names,
          .where = locus_of(graph.node(cycle.front()), cycle.front())};
}

}  // namespace

Locus locus_of(const onnx::NodeProto& node, int index) {
  return {.node = node.name().empty() ? "#" + std::to_string(index) : plain(node.name()),
          .op_type = plain(node.op_type())};
}

std::vector<int> order_nodes(const onnx::GraphProto& graph, const std::function<bool(const std::string&)>& is_given,
                             Problems& problems) {
  const Producers producers = find_producers(graph, is_given, problems);
  const auto count = static_cast<std::size_t>(graph.node_size());
  std::vector<int> waiting(count, 0);
  std::vector<std::vector<int>> readers(count);
  std::unordered_set<std::string_view> undefined;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& input : graph.node(i).input()) {
      if (input.empty() || is_given(input)) continue;
      const auto found = producers.find(input);
      if (found == producers.end()) {
        if (undefined.insert(input).second)
          problems.add(inconsistent("the tensor is read but never defined", locus_of(graph.node(i), i), input));
        continue;
      }
      readers[static_cast<std::size_t>(found->second)].push_back(i);
      ++waiting[static_cast<std::size_t>(i)];
    }
  }

  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < graph.node_size(); ++i)
    if (waiting[static_cast<std::size_t>(i)] == 0) ready.push(i);
  std::vector<int> order;
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const int reader : readers[static_cast<std::size_t>(node)])
      if (--waiting[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
  }
  if (order.size() < count) problems.add(cycle_problem(graph, find_cycle(graph, producers, waiting)));
  return order;
}

}  // namespace mote
