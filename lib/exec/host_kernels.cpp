#include "lib/exec/host_kernels.hpp"

#include <algorithm>

namespace mote {
namespace {

bool is_real(const OpView& op) {
  const auto is_f32 = [&](ValueId id) {
    const DType dtype = id ? op.graph.at(id).type.dtype : DType::f32;
    return dtype == DType::f32 || dtype == DType::boolean;
  };
  return std::ranges::all_of(op.node.inputs, is_f32) && std::ranges::all_of(op.node.outputs, is_f32);
}

}  // namespace

HostKernel host_kernel(const OpView& op) {
  if (!op.has_in(0) || !op.has_out(0) || !is_real(op)) return {};
  for (const auto family : {host_elementwise, host_product, host_movement, host_reduction})
    if (HostKernel kernel = family(op)) return kernel;
  return {};
}

}  // namespace mote
