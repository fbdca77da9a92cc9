#pragma once
#include <vector>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/window.hpp"

namespace mote {

// The sums of a depthwise convolution, x [N,H,W,C], w [taps,C], y [N,OH,OW,C], and of its two gradients, which walk the
// same triples of pixel, tap and output pixel. All three add to what is there.
class DepthwiseTaps {
 public:
  DepthwiseTaps(const ops::Window& window, std::int64_t batch, std::int64_t channels);

  void convolve(const float* x, const float* w, float* y) const;
  void spread(const float* dy, const float* w, float* dx) const;  // the gradient of x
  void correlate(const float* x, const float* dy, float* dw) const;  // the gradient of w

 private:
  // Neighbouring output pixels of one row under the same tap.
  struct Run {
    std::int64_t x = 0, y = 0, tap = 0, count = 0;  // first elements of pixel, output pixel and tap; output pixels
  };
  std::vector<Run> runs_{};  // an output row after the other, so that it stays in the cache
  std::int64_t channels_ = 0, x_step_ = 0;  // x_step_: elements from the pixel of one output pixel to that of the next
};

}  // namespace mote
