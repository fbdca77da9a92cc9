#pragma once
#include <optional>
#include <span>

#include "lib/ops/op_def.hpp"

namespace mote {

// How results of core products begin and end on the host: at the bias, or at 0; with a residual, then a clamp.
void begin_at_bias(const Tensor* bias, std::span<float> y);

struct HostEpilogue {
  std::optional<float> low{}, high{};

  void finish(const Tensor* residual, std::span<float> y) const;
};
[[nodiscard]] HostEpilogue host_epilogue_of(const OpView& op);

[[nodiscard]] inline const Tensor* optional_operand(Operands in, std::size_t i) {
  return i < in.size() ? in[i] : nullptr;
}

}  // namespace mote
