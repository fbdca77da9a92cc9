#pragma once
#include <optional>
#include <span>

namespace mote {

// Signal and noise of a value over many samples.
class SignalToNoise {
 public:
  // `exact`: what the value should be; both of one size.
  void add(std::span<const float> exact, std::span<const float> disturbed);
  void add(const SignalToNoise& other);

  // 10 log10(sum exact^2 / sum (exact - disturbed)^2); nothing when there is no noise. A signal of zeros counts as the
  // least power above 0, so that the ratio is finite.
  [[nodiscard]] std::optional<double> decibels() const;

 private:
  double signal_ = 0.0, noise_ = 0.0;
};

}  // namespace mote
