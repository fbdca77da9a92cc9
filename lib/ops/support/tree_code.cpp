#include "lib/ops/support/tree_code.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "lib/support/check.hpp"

namespace mote::ops {
namespace {

// Little-endian numbers, one after the other; `broken` once the end was passed.
class CodeReader {
 public:
  CodeReader(std::span<const std::uint8_t> code, std::size_t at) : code_(code), at_(at) {}

  std::uint64_t number(std::size_t bytes) {
    if (at_ > code_.size() || bytes > code_.size() - at_) {
      broken_ = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{code_[at_ + i]} << (8 * i);
    at_ += bytes;
    return value;
  }
  [[nodiscard]] std::uint32_t position() const { return static_cast<std::uint32_t>(at_); }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  std::span<const std::uint8_t> code_;
  std::size_t at_;
  bool broken_ = false;
};

std::int64_t signed_threshold(std::uint64_t stored, DType dtype) {
  if (dtype == DType::s32) return static_cast<std::int32_t>(static_cast<std::uint32_t>(stored));
  return static_cast<std::int64_t>(stored);
}

// Where the decision really stands.
std::optional<std::uint32_t> resolved(std::span<const std::uint8_t> code, const TreeCodeFormat& format, std::uint32_t at) {
  CodeReader reader(code, at);
  if (reader.number(format.column_bytes) != format.jump()) return reader.broken() ? std::nullopt : std::optional(at);
  const auto target = static_cast<std::uint32_t>(reader.number(tree_jump_bytes));
  return reader.broken() ? std::nullopt : std::optional(target);
}

std::size_t bytes_of(const TreeDecision& decision, const TreeCodeFormat& format) {
  const std::size_t leaves = (decision.yes.leaf ? 1U : 0U) + (decision.no.leaf ? 1U : 0U);
  return format.column_bytes + format.threshold_bytes() + leaves * format.leaf_bytes + (leaves == 0 ? format.skip_bytes : 0);
}

}  // namespace

std::optional<TreeDecision> decision_at(std::span<const std::uint8_t> code, const TreeCodeFormat& format,
                                        std::uint32_t at) {
  CodeReader reader(code, at);
  const auto head = static_cast<std::uint32_t>(reader.number(format.column_bytes));
  TreeDecision decision{.column = head & (format.no_flag() - 1)};
  if (decision.column == format.jump()) return std::nullopt;
  decision.threshold = signed_threshold(reader.number(format.threshold_bytes()), format.threshold);
  decision.yes.leaf = (head & format.yes_flag()) != 0;
  decision.no.leaf = (head & format.no_flag()) != 0;
  if (decision.yes.leaf) decision.yes.at = static_cast<std::uint32_t>(reader.number(format.leaf_bytes));
  if (decision.no.leaf) decision.no.at = static_cast<std::uint32_t>(reader.number(format.leaf_bytes));
  std::uint32_t skip = 0;
  if (!decision.yes.leaf && !decision.no.leaf) skip = static_cast<std::uint32_t>(reader.number(format.skip_bytes));
  if (!decision.yes.leaf) decision.yes.at = reader.position();
  if (!decision.no.leaf) decision.no.at = reader.position() + skip;
  if (reader.broken()) return std::nullopt;
  for (TreeBranch* branch : {&decision.yes, &decision.no}) {
    if (branch->leaf) continue;
    const auto target = resolved(code, format, branch->at);
    if (!target) return std::nullopt;
    branch->at = *target;
  }
  return decision;
}

std::optional<TreeCodeFacts> facts_of(std::span<const std::uint8_t> code, const TreeCodeFormat& format,
                                      std::span<const std::int64_t> roots) {
  constexpr std::uint32_t open = 0xFFFFFFFF;  // on the way that is being followed
  std::unordered_map<std::uint32_t, std::uint32_t> depths;
  TreeCodeFacts facts;
  std::vector<std::uint32_t> way;
  const auto visit_root = [&](std::uint32_t root) {
    way.push_back(root);
    while (!way.empty()) {
      const std::uint32_t at = way.back();
      const auto decision = decision_at(code, format, at);
      if (!decision) return false;
      const bool entered = !depths.emplace(at, open).second;
      std::uint32_t below = 0;
      bool ready = true;
      for (const TreeBranch& branch : {decision->yes, decision->no}) {
        if (branch.leaf) {
          facts.leaves = std::max(facts.leaves, branch.at + 1);
          continue;
        }
        const auto known = depths.find(branch.at);
        if (known != depths.end() && known->second != open) {
          below = std::max(below, known->second);
        } else {
          if (entered || known != depths.end()) return false;  // comes back to a decision on this way
          ready = false;
          way.push_back(branch.at);
        }
      }
      if (!ready) continue;
      way.pop_back();
      facts.columns = std::max(facts.columns, decision->column + 1);
      if (depths[at] == open) facts.bytes += bytes_of(*decision, format);
      depths[at] = below + 1;
    }
    return true;
  };
  for (const std::int64_t root : roots) {
    const auto at = static_cast<std::uint32_t>(root);
    if (root < 0 || (!depths.contains(at) && !visit_root(at))) return std::nullopt;
    facts.depth = std::max(facts.depth, depths[at]);
  }
  facts.decisions = static_cast<std::uint32_t>(depths.size());
  return facts;
}

std::vector<std::uint32_t> leaves_of(std::span<const std::uint8_t> code, const TreeCodeFormat& format,
                                     std::span<const std::int64_t> roots) {
  std::set<std::uint32_t> leaves, seen;
  std::vector<std::uint32_t> pending(roots.begin(), roots.end());
  while (!pending.empty()) {
    const std::uint32_t at = pending.back();
    pending.pop_back();
    if (!seen.insert(at).second) continue;
    const auto decision = decision_at(code, format, at);
    MOTE_CHECK(decision.has_value());
    for (const TreeBranch& branch : {decision->yes, decision->no}) {
      if (branch.leaf)
        leaves.insert(branch.at);
      else
        pending.push_back(branch.at);
    }
  }
  return {leaves.begin(), leaves.end()};
}

}  // namespace mote::ops
