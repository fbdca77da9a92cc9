#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace mote {

// One form that a part of a network can take: what it adds to the error of the outputs and to the two costs that are
// sums over parts. Memory in use is no such sum; forms that need too much of it are left out beforehand.
struct PartForm {
  double error = 0.0;
  std::int64_t flash_bytes = 0, cycles = 0;
};

struct SumLimits {
  static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max() / 4;  // sums stay far from overflow
  std::int64_t flash_bytes = none, cycles = none;
};

// The multiple-choice knapsack: one form for each part, so that the sums keep the limits and the error is least; of equal
// errors the one with less flash, then fewer cycles. Nothing: no choice was found that keeps the limits.
//
// Parts are added one by one to a list of choices of which none is worse than another in all three numbers (Nemhauser and
// Ullmann 1969). The result is optimal as long as that list has at most `most_choices` entries; beyond it flash is counted
// in units of 64 bytes, then 128, …, and cycles in 1/4096, then 1/2048, … of their range, both rounded up, so that what is
// found always keeps the limits (a choice that only just keeps them may then be missed). Deterministic. No part may be without forms.
[[nodiscard]] std::optional<std::vector<std::size_t>> choose_forms(std::span<const std::vector<PartForm>> parts,
                                                                   const SumLimits& limits,
                                                                   std::size_t most_choices = 20'000);

}  // namespace mote
