#pragma once
#include <functional>
#include <span>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/ops/op_def.hpp"

namespace mote {

// One operator at work: operands and results as OpDef::eval has them, but results may hold anything before.
using HostKernel = std::function<void(Operands, Outputs)>;

// A graph prepared for many runs on the host in single precision, as fast as the host can: what training runs on. Sums
// are taken in the order that is fastest, so results differ from `interpret` by rounding; they do not depend on what
// else the machine does. Constants can be changed between runs. One thread at a time; a copy is a program of its own.
class HostProgram {
 public:
  // Of a graph that verifies, but that core products may read weights which the graph computes. Every value keeps its
  // memory from run to run.
  explicit HostProgram(Graph graph);

  [[nodiscard]] const Graph& graph() const { return graph_; }
  // Of an input, output or constant, of the declared type; inputs are written before a run, constants at any time.
  // Others may never be written: several nodes can be one kernel.
  [[nodiscard]] Tensor& tensor(ValueId id) { return tensors_[*id]; }
  [[nodiscard]] const Tensor& tensor(ValueId id) const { return tensors_[*id]; }
  void run();

 private:
  struct Step {
    std::size_t node = 0;
    HostKernel kernel{};
    std::vector<ValueId> operands{};
  };
  Graph graph_;
  std::vector<Tensor> tensors_;
  std::vector<Step> steps_{};
};

}  // namespace mote
