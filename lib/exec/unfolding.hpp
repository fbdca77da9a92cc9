#pragma once
#include <vector>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/window.hpp"

namespace mote {

// Unfold2d and Fold2d (lib/ops/unfold2d.cpp) by runs: taps of one kernel row that lie side by side in the image lie
// side by side under the window, too.
class Unfolding {
 public:
  Unfolding(const ops::Window& window, std::int64_t batch, std::int64_t channels);

  void unfold(const float* image, float outside, float* taps) const;
  void fold(const float* taps, float* image) const;             // adds
  [[nodiscard]] std::int64_t rows() const { return rows_; }     // output pixels of all images
  [[nodiscard]] std::int64_t row() const { return row_; }       // elements under one window
  [[nodiscard]] bool is_identity() const { return identity_; }  // every window is one pixel of its own

 private:
  struct Run {
    std::int64_t taps = 0, image = 0, count = 0;  // offsets and number of elements
  };
  std::vector<Run> runs_{};
  std::int64_t rows_ = 0, row_ = 0;
  bool padded_ = false, identity_ = false;
};

// Of a node whose window attributes are those of pools and convolutions, over x [N,H,W,C].
[[nodiscard]] Unfolding unfolding_of(const OpView& op, const Shape& x, std::span<const std::int64_t> kernel);

}  // namespace mote
