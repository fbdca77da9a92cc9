#include <algorithm>
#include <cstring>

#include "lib/exec/host_kernels.hpp"
#include "lib/exec/unfolding.hpp"

namespace mote {
namespace {

HostKernel copy() {
  return [](Operands in, Outputs out) { std::memcpy(out[0].bytes.data(), in[0]->bytes.data(), out[0].bytes.size()); };
}

HostKernel unfold(const OpView& op) {
  const Unfolding unfolding = unfolding_of(op, op.in(0).shape, op.integers("kernel"));
  return [unfolding, outside = op.real("outside")](Operands in, Outputs out) {
    unfolding.unfold(in[0]->as<float>().data(), outside, out[0].as<float>().data());
  };
}

HostKernel fold(const OpView& op) {
  const Unfolding unfolding = unfolding_of(op, op.out(0).shape, op.integers("kernel"));
  return [unfolding](Operands in, Outputs out) {
    std::ranges::fill(out[0].as<float>(), 0.0F);
    unfolding.fold(in[0]->as<float>().data(), out[0].as<float>().data());
  };
}

}  // namespace

HostKernel host_movement(const OpView& op) {
  const std::string_view name = op.node.op->name;
  if (name == "Reshape" || name == "Flatten" || name == "Squeeze" || name == "Unsqueeze") return copy();
  if (op.in(0).dtype != DType::f32 || op.in(0).shape.elements() == 0) return {};
  if (name == "Unfold2d") return unfold(op);
  if (name == "Fold2d") return fold(op);
  return {};
}

}  // namespace mote
