#include "lib/exec/unfolding.hpp"

#include <algorithm>

namespace mote {

Unfolding::Unfolding(const ops::Window& window, std::int64_t batch, std::int64_t channels)
    : rows_(batch * output_positions(window)), row_(tap_count(window) * channels) {
  std::int64_t covered = 0;
  for (std::int64_t n = 0; n < batch; ++n)
    for_each_window(window, [&](const auto& origin, const auto& taps, std::int64_t position) {
      const std::int64_t first = (n * output_positions(window) + position) * row_;
      for_each_tap(window, origin, taps, [&](std::int64_t tap, std::int64_t pixel) {
        const Run run{first + tap * channels, (n * input_positions(window) + pixel) * channels, channels};
        covered += channels;
        const bool follows = !runs_.empty() && runs_.back().taps + runs_.back().count == run.taps &&
                             runs_.back().image + runs_.back().count == run.image;
        if (follows)
          runs_.back().count += channels;
        else
          runs_.push_back(run);
      });
    });
  padded_ = covered != rows_ * row_;
  identity_ = runs_.size() == 1 && !padded_ && runs_[0].image == 0 &&
              runs_[0].count == batch * input_positions(window) * channels;
}

void Unfolding::unfold(const float* image, float outside, float* taps) const {
  if (padded_) std::fill_n(taps, rows_ * row_, outside);
  for (const Run& run : runs_) std::copy_n(image + run.image, run.count, taps + run.taps);
}

void Unfolding::fold(const float* taps, float* image) const {
  for (const Run& run : runs_)
    for (std::int64_t i = 0; i < run.count; ++i) image[run.image + i] += taps[run.taps + i];
}

Unfolding unfolding_of(const OpView& op, const Shape& x, std::span<const std::int64_t> kernel) {
  const ops::Window window = *ops::resolve_window(op, x.extents().subspan(1, 2), kernel);
  return Unfolding(window, x[0], x[3]);
}

}  // namespace mote
