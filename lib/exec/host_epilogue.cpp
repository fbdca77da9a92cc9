#include "lib/exec/host_epilogue.hpp"

#include <algorithm>
#include <limits>

#include "lib/exec/wide_loop.hpp"
#include "lib/ops/support/epilogue.hpp"

namespace mote {

void begin_at_bias(const Tensor* bias, std::span<float> y) {
  if (bias == nullptr) {
    std::ranges::fill(y, 0.0F);
    return;
  }
  const auto row = bias->as<float>();
  for (std::size_t i = 0; i < y.size(); i += row.size())
    std::ranges::copy(row, y.begin() + static_cast<std::ptrdiff_t>(i));
}

void HostEpilogue::finish(const Tensor* residual, std::span<float> y) const {
  const float lowest = low.value_or(-std::numeric_limits<float>::infinity());
  const float highest = high.value_or(std::numeric_limits<float>::infinity());
  run_widely([&] {
    if (residual != nullptr) {
      const float* other = residual->as<float>().data();
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += other[i];
    }
    if (low || high)
      for (float& value : y) {
        value = value < lowest ? lowest : value;
        value = value > highest ? highest : value;
      }
  });
}

HostEpilogue host_epilogue_of(const OpView& op) { return {.low = ops::low_bound(op), .high = ops::high_bound(op)}; }

}  // namespace mote
