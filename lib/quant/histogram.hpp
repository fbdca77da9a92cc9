#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mote {

// How often the values of a tensor fell where, over a stream of any length in bounded memory: bins of one width around
// 0, which doubles whenever a value lies outside (each pair of bins becomes one, so no count moves by more than a bin).
// The width is a power of two, so that the histogram does not depend on the order of the stream, nor on how it was
// split between threads.
class Histogram {
 public:
  static constexpr std::int64_t bins_per_side = 2048;

  void add(std::span<const float> values);
  void add(const Histogram& other);

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t not_finite() const { return not_finite_; }  // NaN and infinities: left out of all else
  [[nodiscard]] double lowest() const { return lowest_; }                // exact
  [[nodiscard]] double highest() const { return highest_; }
  [[nodiscard]] double bin_width() const { return width_; }
  // Counts from -bins_per_side * bin_width upwards; 2 * bins_per_side of them, empty when nothing but zeros was added.
  [[nodiscard]] std::span<const std::int64_t> counts() const { return counts_; }
  [[nodiscard]] double center(std::size_t bin) const {
    return (static_cast<double>(bin) + 0.5 - static_cast<double>(bins_per_side)) * width_;
  }
  // All of it, to be kept in a file.
  struct Record {
    std::vector<std::int64_t> counts{};
    double bin_width = 0.0, lowest = 0.0, highest = 0.0;
    std::int64_t count = 0, not_finite = 0;
  };
  [[nodiscard]] Record record() const;
  // Nothing where the numbers of a record contradict each other.
  [[nodiscard]] static std::optional<Histogram> restored(Record record);

  // The value below which the share `fraction` of all values lies, to within a bin.
  [[nodiscard]] double quantile(double fraction) const;

 private:
  void reach(double magnitude);
  void double_width();

  std::vector<std::int64_t> counts_{};
  double width_ = 0.0;
  double lowest_ = 0.0, highest_ = 0.0;
  std::int64_t count_ = 0, not_finite_ = 0;
};

}  // namespace mote
