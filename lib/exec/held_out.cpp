#include "lib/exec/held_out.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/support/rng.hpp"

namespace mote {

std::vector<bool> held_out_of(std::int64_t samples, double share) {
  const auto count = static_cast<std::size_t>(samples);
  std::vector<bool> held_out(count, false);
  if (count < 2) return held_out;
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(count);
  const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(samples)));
  const std::size_t drawn = std::clamp<std::size_t>(wanted, 1, count - 1);
  for (std::size_t i = 0; i < drawn; ++i) {  // the beginning of a shuffle (Fisher & Yates)
    const auto last = static_cast<std::int64_t>(count) - 1;
    std::swap(order[i], order[static_cast<std::size_t>(rng.integer(static_cast<std::int64_t>(i), last))]);
    held_out[order[i]] = true;
  }
  return held_out;
}

}  // namespace mote
