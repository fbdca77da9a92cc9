#include "lib/ops/support/tree_shares.hpp"

#include <algorithm>
#include <cmath>

namespace mote::ops {
namespace {

// To nearest; below whole_share as count < total < whole_share.
std::int64_t rounded_share(std::int64_t count, std::int64_t total) { return (count * whole_share + total / 2) / total; }

// What rounding left of the count is unique: half a unit of the share is less than half a sample.
std::int64_t count_of(std::int64_t share, std::int64_t total) { return (share * total + whole_share / 2) / whole_share; }

}  // namespace

void append_share_row(std::vector<std::int64_t>& shares, std::int64_t total, const std::vector<ClassCount>& counts) {
  shares.push_back(total << 4 | static_cast<std::int64_t>(counts.size() - 1));
  for (const ClassCount& one : counts) shares.push_back(rounded_share(one.count, total) << 4 | one.target);
}

ShareRow share_row(std::span<const std::int64_t> shares, std::size_t start) {
  ShareRow row;
  if (start >= shares.size()) return row;
  row.total = shares[start] >> 4;
  const auto length = static_cast<std::size_t>((shares[start] & 15) + 1);
  if (length > shares.size() - start - 1) return row;
  for (const std::int64_t entry : shares.subspan(start + 1, length))
    row.counts.push_back({.target = entry & 15, .count = count_of(entry >> 4, row.total)});
  return row;
}

std::int64_t share_guard(std::int64_t trees, std::span<const std::int64_t> shares) {
  double off = 0;
  for (std::size_t start = 0; start < shares.size();) {
    const ShareRow row = share_row(shares, start);
    if (row.counts.empty()) break;
    start += row.counts.size() + 1;
    for (const ClassCount& one : row.counts) {
      const double exact = static_cast<double>(one.count * whole_share) / static_cast<double>(row.total);
      off = std::max(off, std::abs(static_cast<double>(rounded_share(one.count, row.total)) - exact));
    }
  }
  const auto count = static_cast<double>(trees);
  const double single = std::ldexp(count + 1, -24) * count * static_cast<double>(whole_share);
  return static_cast<std::int64_t>(std::ceil(2 * (count * off + single))) + 1;
}

}  // namespace mote::ops
