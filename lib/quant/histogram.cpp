#include "lib/quant/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

constexpr auto sides = static_cast<double>(Histogram::bins_per_side);
constexpr auto middle = static_cast<std::size_t>(Histogram::bins_per_side);

}  // namespace

void Histogram::double_width() {
  std::vector<std::int64_t> halved(counts_.size(), 0);
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) halved[middle / 2 + bin / 2] += counts_[bin];
  counts_ = std::move(halved);
  width_ *= 2.0;
}

// Makes room for a value of this magnitude.
void Histogram::reach(double magnitude) {
  if (counts_.empty()) {
    counts_.assign(2 * middle, 0);
    counts_[middle] = count_;  // nothing but zeros so far
    width_ = std::exp2(std::floor(std::log2(std::max(magnitude, 1e-37) / sides)));
  }
  while (magnitude >= width_ * sides) double_width();
}

void Histogram::add(std::span<const float> values) {
  double low = 0.0, high = 0.0;
  std::int64_t finite = 0;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    low = finite == 0 ? static_cast<double>(value) : std::min(low, static_cast<double>(value));
    high = finite == 0 ? static_cast<double>(value) : std::max(high, static_cast<double>(value));
    ++finite;
  }
  not_finite_ += static_cast<std::int64_t>(values.size()) - finite;
  if (finite == 0) return;
  if (const double magnitude = std::max(-low, high); magnitude > 0.0) reach(magnitude);
  lowest_ = count_ == 0 ? low : std::min(lowest_, low);
  highest_ = count_ == 0 ? high : std::max(highest_, high);
  count_ += finite;
  if (counts_.empty()) return;  // zeros alone so far: entered as soon as there is a width
  for (const float value : values)
    if (std::isfinite(value))
      ++counts_[static_cast<std::size_t>(std::floor(static_cast<double>(value) / width_) + sides)];
}

void Histogram::add(const Histogram& other) {
  not_finite_ += other.not_finite_;
  if (other.count_ == 0) return;
  if (!other.counts_.empty()) {
    reach(std::max(-other.lowest_, other.highest_));
    Histogram same = other;
    while (same.width_ < width_) same.double_width();
    while (width_ < same.width_) double_width();
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) counts_[bin] += same.counts_[bin];
  } else if (!counts_.empty()) {
    counts_[middle] += other.count_;
  }
  lowest_ = count_ == 0 ? other.lowest_ : std::min(lowest_, other.lowest_);
  highest_ = count_ == 0 ? other.highest_ : std::max(highest_, other.highest_);
  count_ += other.count_;
}

Histogram::Record Histogram::record() const {
  return {.counts = counts_, .bin_width = width_, .lowest = lowest_, .highest = highest_, .count = count_,
          .not_finite = not_finite_};
}

std::optional<Histogram> Histogram::restored(Record record) {
  if (record.count < 0 || record.not_finite < 0 || !(record.lowest <= record.highest)) return std::nullopt;
  const double reach = std::max(-record.lowest, record.highest);
  if (record.counts.empty()) {
    if (record.bin_width != 0.0 || reach != 0.0 || record.lowest != record.highest) return std::nullopt;
  } else {
    int exponent = 0;
    const bool is_power_of_two = std::isfinite(record.bin_width) && std::frexp(record.bin_width, &exponent) == 0.5;
    if (record.counts.size() != 2 * middle || !is_power_of_two || !(reach < record.bin_width * sides)) return std::nullopt;
    std::int64_t left = record.count;
    for (const std::int64_t bin : record.counts) {
      if (bin < 0 || bin > left) return std::nullopt;
      left -= bin;
    }
    if (left != 0) return std::nullopt;
  }
  Histogram histogram;
  histogram.counts_ = std::move(record.counts);
  histogram.width_ = record.bin_width;
  histogram.lowest_ = record.lowest;
  histogram.highest_ = record.highest;
  histogram.count_ = record.count;
  histogram.not_finite_ = record.not_finite;
  return histogram;
}

double Histogram::quantile(double fraction) const {
  if (counts_.empty()) return 0.0;
  const double wanted = fraction * static_cast<double>(count_);
  double below = 0.0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    below += static_cast<double>(counts_[bin]);
    if (below >= wanted) return std::clamp(center(bin) + 0.5 * width_, lowest_, highest_);
  }
  return highest_;
}

}  // namespace mote
