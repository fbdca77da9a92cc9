#pragma once
#include <cstdint>

namespace mote::ops {

// Elements from one batch item, channel or pixel of an activation to the next; covers NCHW and NHWC.
struct ActivationSteps {
  std::int64_t batch = 0, channel = 0, pixel = 0;
};
[[nodiscard]] inline ActivationSteps channels_first(std::int64_t channels, std::int64_t pixels) {
  return {.batch = channels * pixels, .channel = pixels, .pixel = 1};
}
[[nodiscard]] inline ActivationSteps channels_last(std::int64_t channels, std::int64_t pixels) {
  return {.batch = channels * pixels, .channel = 1, .pixel = channels};
}

}  // namespace mote::ops
