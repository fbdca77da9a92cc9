#pragma once
#include <map>
#include <optional>
#include <span>

#include "passes/prune/channel_multiples.hpp"

namespace mote {

// Which of many rows of numbers are multiples of each other, to within 2^-22 of each number, without comparing each
// with all: those that may be have nearly the same key (key_of). Factors are between 2^-16 and 2^16. A row of numbers
// that are all so small that single precision might lose their last bits has no multiples but itself.
class MultiplesIndex {
 public:
  explicit MultiplesIndex(KeptFactors kept) : kept_(kept) {}

  // The first row entered that `numbers` are a multiple of, and by which factor.
  [[nodiscard]] std::optional<AlikeChannel> find(std::span<const double> numbers);
  // `numbers` have to outlive this.
  void enter(std::uint32_t row, std::span<const double> numbers);
  // How many pairs were compared number by number so far.
  [[nodiscard]] std::size_t comparisons() const { return comparisons_; }

 private:
  struct Row {
    std::uint32_t row = 0;
    std::span<const double> numbers{};
    std::size_t largest = 0;  // where
  };
  [[nodiscard]] double key_of(std::span<const double> numbers) const;
  [[nodiscard]] std::optional<double> factor_between(const Row& first, std::span<const double> other) const;

  KeptFactors kept_;
  std::multimap<double, Row> rows_{};  // by key
  std::size_t comparisons_ = 0;
};

}  // namespace mote
