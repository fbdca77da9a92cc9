#include "passes/fit/widths.hpp"

#include <algorithm>

#include "passes/prune/channel_facts.hpp"
#include "passes/prune/channel_sets.hpp"
#include "passes/prune/removal_steps.hpp"
#include "passes/prune/remove_channels.hpp"

namespace mote {
namespace {

constexpr std::size_t multiple = RemovalSteps::channel_multiple;

ChannelSets sets_of(const Graph& graph) { return {graph, std::vector<double>(graph.values.size(), 0.0)}; }

std::size_t least_of(std::size_t width) { return std::min(width, multiple); }

class MemorySearch {
 public:
  MemorySearch(const Graph& graph, const RoughOptions& options, std::int64_t ram_bytes)
      : graph_(graph), options_(options), ram_bytes_(ram_bytes), whole_(widths_of(graph)) {}

  Result<std::optional<FamilyWidths>> run() {
    MOTE_TRY(const bool is_possible, holds(share_of_all(0)));
    if (!is_possible) return std::optional<FamilyWidths>{};
    MOTE_TRY_STATUS(find_share());
    MOTE_TRY_STATUS(restore_uninvolved());
    MOTE_TRY_STATUS(widen());
    return std::optional(widths_);
  }

 private:
  static constexpr std::size_t shares = 16;

  [[nodiscard]] Result<bool> holds(const FamilyWidths& widths) const {
    MOTE_TRY(const Plan plan, rough_plan(narrowed(graph_, widths), options_));
    return plan.arena_bytes <= ram_bytes_;
  }

  [[nodiscard]] FamilyWidths share_of_all(std::size_t share) const {
    FamilyWidths widths = whole_;
    for (auto& [family, width] : widths)
      width = std::max(width * share / shares / multiple * multiple, least_of(width));
    return widths;
  }

  // The largest share that holds, by bisection: the least one does.
  Status find_share() {
    std::size_t good = 0, bad = shares;
    while (bad - good > 1) {
      const std::size_t middle = (good + bad) / 2;
      MOTE_TRY(const bool is_good, holds(share_of_all(middle)));
      (is_good ? good : bad) = middle;
    }
    widths_ = share_of_all(good);
    return Ok{};
  }

  Status restore_uninvolved() {
    FamilyWidths restored = widths_;
    for (const auto& [family, width] : whole_) {
      if (widths_[family] == width) continue;
      FamilyWidths alone = widths_;
      alone[family] = width;
      MOTE_TRY(const bool is_uninvolved, holds(alone));
      if (is_uninvolved) restored[family] = width;
    }
    // Two that are each of little use may still be too much together.
    MOTE_TRY(const bool is_good, holds(restored));
    if (is_good) widths_ = restored;
    return Ok{};
  }

  // Of equal shares a family with few channels has lost more.
  [[nodiscard]] bool is_poorer(std::size_t a, std::size_t b) const {
    const std::size_t left_of_a = widths_.at(a) * whole_.at(b), left_of_b = widths_.at(b) * whole_.at(a);
    return left_of_a != left_of_b ? left_of_a < left_of_b : whole_.at(a) < whole_.at(b);
  }

  Status widen() {
    std::vector<std::size_t> narrow;
    for (const auto& [family, width] : whole_)
      if (widths_[family] < width) narrow.push_back(family);
    while (!narrow.empty()) {
      const auto poorest = std::ranges::min_element(narrow, [&](std::size_t a, std::size_t b) { return is_poorer(a, b); });
      const std::size_t family = *poorest, before = widths_[family];
      widths_[family] = std::min(before + multiple, whole_[family]);
      MOTE_TRY(const bool is_good, holds(widths_));
      if (!is_good) widths_[family] = before;
      if (!is_good || widths_[family] == whole_[family]) narrow.erase(poorest);
    }
    return Ok{};
  }

  const Graph& graph_;
  const RoughOptions& options_;
  std::int64_t ram_bytes_;
  FamilyWidths whole_, widths_{};
};

}  // namespace

FamilyWidths widths_of(const Graph& graph) {
  FamilyWidths widths;
  for (const auto& [family, members] : sets_of(graph).families()) widths[family] = members.size();
  return widths;
}

FamilyWidths least_widths_of(const Graph& graph) {
  FamilyWidths widths = widths_of(graph);
  for (auto& [family, width] : widths) width = least_of(width);
  return widths;
}

Graph narrowed(const Graph& graph, const FamilyWidths& widths) {
  const ChannelSets sets = sets_of(graph);
  std::vector<std::size_t> removed;
  for (const auto& [family, members] : sets.families())
    removed.insert(removed.end(), members.begin() + static_cast<std::ptrdiff_t>(widths.at(family)), members.end());
  return remove_channels(graph, channels_without(graph, sets, removed), channel_facts(graph));
}

Result<std::optional<FamilyWidths>> widths_for_memory(const Graph& graph, const RoughOptions& options,
                                                      std::int64_t ram_bytes) {
  return MemorySearch(graph, options, ram_bytes).run();
}

}  // namespace mote
