#include "passes/prune/multiples_index.hpp"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

constexpr double tolerance = 0x1p-22;  // of a number: those of two multiples are rounded each
constexpr double key_width = 0x1p-20;  // keys of multiples differ by 2 * tolerance and the rounding of sums at most
constexpr double largest_factor = 0x1p16;
constexpr double least_number = 0x1p-100;  // well above the smallest that single precision holds with all its bits

bool is_usable(double factor, KeptFactors kept) {
  if (kept == KeptFactors::one) return factor == 1.0;
  if (kept == KeptFactors::positive && factor <= 0.0) return false;
  return std::abs(factor) <= largest_factor && std::abs(factor) >= 1.0 / largest_factor;
}

}  // namespace

// The sum of all numbers, each times one of its place, divided by the sum of their magnitudes: multiples share it, but
// for the sign of their factor. The places' numbers are the golden section's, which repeat nowhere.
double MultiplesIndex::key_of(std::span<const double> numbers) const {
  constexpr double golden = 0.61803398874989485;
  double sum = 0.0, magnitude = 0.0, place = 0.0;
  for (const double number : numbers) {
    place += golden;
    if (place >= 1.0) place -= 1.0;
    sum += (place - 0.5) * number;
    magnitude += std::abs(number);
  }
  const double key = magnitude == 0.0 ? 0.0 : sum / magnitude;
  return kept_ == KeptFactors::any ? std::abs(key) : key;
}

// Nothing: they are no multiples of each other.
std::optional<double> MultiplesIndex::factor_between(const Row& first, std::span<const double> other) const {
  if (std::ranges::equal(first.numbers, other)) return 1.0;
  if (first.numbers.size() != other.size()) return std::nullopt;
  const double largest = first.numbers[first.largest], factor = other[first.largest] / largest;
  if (std::abs(largest) < least_number || !is_usable(factor, kept_)) return std::nullopt;
  for (std::size_t i = 0; i < other.size(); ++i)
    if (!(std::abs(other[i] - factor * first.numbers[i]) <= tolerance * std::abs(other[i]))) return std::nullopt;
  return factor;
}

std::optional<AlikeChannel> MultiplesIndex::find(std::span<const double> numbers) {
  const double key = key_of(numbers);
  if (!std::isfinite(key)) return std::nullopt;
  std::optional<AlikeChannel> found;
  for (auto at = rows_.lower_bound(key - key_width); at != rows_.end() && at->first <= key + key_width; ++at) {
    if (found && found->first < at->second.row) continue;
    ++comparisons_;
    if (const auto factor = factor_between(at->second, numbers)) found = {.first = at->second.row, .factor = *factor};
  }
  return found;
}

void MultiplesIndex::enter(std::uint32_t row, std::span<const double> numbers) {
  const double key = key_of(numbers);
  if (!std::isfinite(key)) return;  // numbers that are not finite are nobody's multiples
  const auto smaller = [](double a, double b) { return std::abs(a) < std::abs(b); };
  const auto largest = static_cast<std::size_t>(std::ranges::max_element(numbers, smaller) - numbers.begin());
  rows_.emplace(key, Row{.row = row, .numbers = numbers, .largest = largest});
}

}  // namespace mote
