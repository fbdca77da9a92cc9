#pragma once
#include "lib/ops/kernel_call.hpp"
#include "tests/ops/single_node.hpp"

namespace mote::test {

// Runs the real kernel templates with the geometry of a KernelCall, bound at run time: a geometry whose members are
// static variables instead of constants. Returns false for a kernel that takes template constants (concat, split),
// which only a compiler can run.
bool run_kernel(const KernelCall& call, const Graph& graph, const std::vector<Tensor>& operands,
                std::vector<Tensor>& outputs);

}  // namespace mote::test
