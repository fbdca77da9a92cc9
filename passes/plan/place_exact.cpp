#include "passes/plan/place_exact.hpp"

#include <algorithm>

#include "lib/support/check.hpp"

namespace mote {
namespace {

// Buffers are placed in non-decreasing order of offset, each as low as the ones below it allow (its floor). Every
// placement can be pushed down into this form without growing, so nothing is lost:
//   - a buffer whose floor lies below the last offset belongs earlier in the order: another branch has it;
//   - a buffer may not be placed at or above the end that some other unplaced buffer would have at its own floor: that
//     one could be moved under it.
// Exact distances are tried where they give the lowest offset; with them the search may miss an optimum, so it then
// does not claim to have finished.
// A branch is cut when a buffer would end above the best height, or when the rest of a section does not fit between
// its lowest floor and the best height.
class Search {
 public:
  Search(const PlacementProblem& problem, const Conflicts& conflicts, std::span<const Section> sections,
         std::vector<std::int64_t> incumbent, std::int64_t lower_bound, std::int64_t budget)
      : problem_(problem),
        conflicts_(conflicts),
        sections_(sections),
        lower_bound_(lower_bound),
        budget_(budget),
        best_(std::move(incumbent)),
        best_height_(height_of(problem, best_)),
        offsets_(problem.buffers.size(), 0),
        floors_(problem.buffers.size(), 0) {
    for (std::size_t i = 0; i < problem.buffers.size(); ++i) {
      if (problem.buffers[i].bytes > 0) open_.push_back(i);
    }
    placed_.assign(problem.buffers.size(), false);
    for (const std::vector<Conflict>& list : conflicts) {
      has_exact_.push_back(std::ranges::any_of(list, [](const Conflict& c) { return c.below.exact.has_value(); }));
    }
  }

  ExactPlacement run() {
    descend(0);
    return {.offsets = best_, .spent = spent_, .finished = spent_ < budget_ && complete()};
  }

 private:
  [[nodiscard]] bool done() const { return best_height_ <= lower_bound_ || spent_ >= budget_; }
  [[nodiscard]] bool complete() const {
    return best_height_ <= lower_bound_ || std::ranges::find(has_exact_, true) == has_exact_.end();
  }
  [[nodiscard]] const Buffer& buffer(std::size_t i) const { return problem_.buffers[i]; }

  void descend(std::int64_t last_offset) {
    if (placed_count_ == open_.size()) {
      best_ = offsets_;
      best_height_ = height_of(problem_, offsets_);
      return;
    }
    if (!may_improve(last_offset)) return;
    for (const std::size_t next : candidates(last_offset)) {
      if (done()) return;
      const std::int64_t offset = lowest_offset(next);
      // The best height may have fallen since the candidates were listed.
      if (offset + buffer(next).bytes >= best_height_) continue;
      const std::vector<std::int64_t> floors = floors_;
      put(next, offset);
      descend(offset);
      placed_[next] = false;
      --placed_count_;
      floors_ = floors;
    }
  }

  void put(std::size_t next, std::int64_t offset) {
    placed_[next] = true;
    ++placed_count_;
    offsets_[next] = offset;
    for (const Conflict& conflict : conflicts_[next]) {
      std::int64_t& floor = floors_[conflict.other];
      floor = std::max(floor, align_up(offset + conflict.above.least(), buffer(conflict.other).alignment));
    }
  }

  // The floor, or above it where only distances beyond an exact one are left.
  [[nodiscard]] std::int64_t lowest_offset(std::size_t i) const {
    std::int64_t offset = floors_[i];
    if (!has_exact_[i]) return offset;
    for (bool moved = true; moved;) {
      moved = false;
      for (const Conflict& conflict : conflicts_[i]) {
        if (!placed_[conflict.other]) continue;
        const std::int64_t distance = offset - offsets_[conflict.other];
        if (distance >= conflict.below.bytes || conflict.below.exact == distance) continue;
        const bool before = conflict.below.exact && distance < *conflict.below.exact;
        const std::int64_t next = before ? *conflict.below.exact : conflict.below.bytes;
        offset = align_up(offsets_[conflict.other] + next, buffer(i).alignment);
        moved = true;
      }
    }
    return offset;
  }

  [[nodiscard]] bool may_improve(std::int64_t last_offset) {
    for (const Section& section : sections_) {
      spent_ += static_cast<std::int64_t>(section.members.size());
      std::int64_t rest = 0;
      std::int64_t floor = best_height_;
      for (const std::size_t i : section.members) {
        if (placed_[i]) continue;
        const std::int64_t from = std::max(floors_[i], last_offset);
        if (from + buffer(i).bytes >= best_height_) return false;
        floor = std::min(floor, from);
        rest += buffer(i).bytes;
      }
      if (rest == 0) continue;
      for (const Saving& saving : section.savings) {
        if (!placed_[saving.buffer]) rest -= saving.bytes;
      }
      if (floor + rest >= best_height_) return false;
    }
    return true;
  }

  // Low floors first; among equal ones the buffer whose placement constrains most.
  [[nodiscard]] std::vector<std::size_t> candidates(std::int64_t last_offset) const {
    struct Candidate {
      std::size_t buffer = 0;
      std::int64_t offset = 0, area = 0;
    };
    std::int64_t lowest_end = best_height_;
    std::vector<Candidate> list;
    for (const std::size_t i : open_) {
      if (placed_[i]) continue;
      const std::int64_t offset = lowest_offset(i);
      lowest_end = std::min(lowest_end, offset + buffer(i).bytes);
      const std::int64_t area = buffer(i).bytes * (buffer(i).last - buffer(i).first + 1);
      if (offset >= last_offset) list.push_back({.buffer = i, .offset = offset, .area = area});
    }
    std::erase_if(list, [&](const Candidate& candidate) { return candidate.offset >= lowest_end; });
    std::ranges::stable_sort(list, [](const Candidate& a, const Candidate& b) {
      return a.offset != b.offset ? a.offset < b.offset : a.area > b.area;
    });
    std::vector<std::size_t> buffers;
    for (const Candidate& candidate : list) buffers.push_back(candidate.buffer);
    return buffers;
  }

  const PlacementProblem& problem_;
  const Conflicts& conflicts_;
  std::span<const Section> sections_;
  std::int64_t lower_bound_, budget_;
  std::int64_t spent_ = 0;
  std::vector<std::int64_t> best_;
  std::int64_t best_height_;
  std::vector<std::int64_t> offsets_, floors_;
  std::vector<bool> placed_, has_exact_;
  std::vector<std::size_t> open_;
  std::size_t placed_count_ = 0;
};

}  // namespace

ExactPlacement place_exactly(const PlacementProblem& problem, const Conflicts& conflicts,
                             std::span<const Section> sections, std::vector<std::int64_t> incumbent,
                             std::int64_t lower_bound, std::int64_t budget) {
  return Search(problem, conflicts, sections, std::move(incumbent), lower_bound, budget).run();
}

}  // namespace mote
