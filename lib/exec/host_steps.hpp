#pragma once
#include <optional>
#include <vector>

#include "lib/exec/host_program.hpp"

namespace mote {

// Nodes that are one kernel on the host. `inner` compute what nobody else reads and are left out; `last` gives the
// result.
struct HostFusion {
  std::size_t last = 0;
  std::vector<std::size_t> inner{};
  std::vector<ValueId> operands{};
  HostKernel kernel{};
};

// Who gives and who reads a value.
struct HostUses {
  explicit HostUses(const Graph& graph);

  [[nodiscard]] const Node* producer(const Graph& graph, ValueId id, std::string_view op) const;
  std::vector<std::optional<std::size_t>> producers{};  // by value, a node
  std::vector<std::size_t> readers{};                   // by value, how often it is read; as an output of the graph, too
};

// The fusion that ends in this node, if one does: a choice by a comparison, and what gradients of depthwise convolutions
// consist of (lib/ops/support/product_gradients.cpp), whose unfolded images are never written.
[[nodiscard]] std::optional<HostFusion> host_fusion(const Graph& graph, const HostUses& uses, std::size_t node);

// What a program runs, in order, and where the elements of each value are: those of a Reshape where its operand has
// them.
struct HostStep {
  std::size_t node = 0;
  HostKernel kernel{};  // empty: the operator's eval
  std::vector<ValueId> operands{};
};
struct HostSteps {
  std::vector<HostStep> steps{};
  std::vector<ValueId> storage{};  // by value
};
[[nodiscard]] HostSteps host_steps(const Graph& graph);

}  // namespace mote
