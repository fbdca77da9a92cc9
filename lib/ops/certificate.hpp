#pragma once
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/ops/integer_bounds.hpp"

namespace mote {

// What one integer operator of a graph can reach, for every input of the network.
struct CertifiedNode {
  std::size_t node = 0;                 // in graph.nodes
  std::vector<ops::Interval> inputs{};  // of every operand; infinite for real numbers
  IntegerBounds bounds{};
};

// The proof that a graph's integer arithmetic cannot overflow, with numbers: intervals spread from the graph's inputs,
// where they are the limits of the types, through the clamps of every operator.
struct IntegerCertificate {
  std::vector<CertifiedNode> nodes{};   // those that compute with integers; none: a graph of real numbers
  std::vector<ops::Interval> values{};  // by value; infinite for real numbers and integers of 64 bits

  [[nodiscard]] bool empty() const { return nodes.empty(); }
  [[nodiscard]] int least_bits_left() const;  // over all accumulators; 31 without any
};

// Of a graph that verify accepts.
[[nodiscard]] IntegerCertificate certify(const Graph& graph);

}  // namespace mote
