#include "lib/quant/noise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/support/check.hpp"

namespace mote {

void SignalToNoise::add(std::span<const float> exact, std::span<const float> disturbed) {
  MOTE_CHECK(exact.size() == disturbed.size());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double value = static_cast<double>(exact[i]), error = value - static_cast<double>(disturbed[i]);
    signal_ += value * value;
    noise_ += error * error;
  }
}

void SignalToNoise::add(const SignalToNoise& other) {
  signal_ += other.signal_;
  noise_ += other.noise_;
}

std::optional<double> SignalToNoise::decibels() const {
  if (noise_ == 0.0) return std::nullopt;
  return 10.0 * std::log10(std::max(signal_, std::numeric_limits<double>::min()) / noise_);
}

}  // namespace mote
