#pragma once
#include <map>
#include <set>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote::test {

// What FakeQuantize `last` computes from the quantized values before it, as a graph of its own: one layer.
class Layer {
 public:
  Layer(const Graph& graph, const Node& last);

  // The values of the whole graph that are its inputs; quantized ones are quantized again, which changes nothing.
  [[nodiscard]] std::vector<ValueId> sources() const;
  [[nodiscard]] Graph graph() const;

 private:
  void collect(ValueId id, bool is_result);

  const Graph& graph_;
  const Node& last_;
  std::map<std::size_t, const Node*> producers_{};
  std::set<const Node*> nodes_{};
  std::set<std::size_t> sources_{};
};

}  // namespace mote::test
