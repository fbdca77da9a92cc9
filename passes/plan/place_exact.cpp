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
  }

  ExactPlacement run() {
    descend(0);
    return {.offsets = best_, .spent = spent_, .finished = spent_ < budget_};
  }

 private:
  [[nodiscard]] bool done() const { return best_height_ <= lower_bound_ || spent_ >= budget_; }
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
      const std::int64_t offset = floors_[next];
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
      floor = std::max(floor, align_up(offset + conflict.above, buffer(conflict.other).alignment));
    }
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
    std::int64_t lowest_end = best_height_;
    for (const std::size_t i : open_) {
      if (!placed_[i]) lowest_end = std::min(lowest_end, floors_[i] + buffer(i).bytes);
    }
    std::vector<std::size_t> list;
    for (const std::size_t i : open_) {
      if (!placed_[i] && floors_[i] >= last_offset && floors_[i] < lowest_end) list.push_back(i);
    }
    std::ranges::sort(list, [&](std::size_t a, std::size_t b) {
      if (floors_[a] != floors_[b]) return floors_[a] < floors_[b];
      const auto area = [&](std::size_t i) { return buffer(i).bytes * (buffer(i).last - buffer(i).first + 1); };
      if (area(a) != area(b)) return area(a) > area(b);
      return a < b;
    });
    return list;
  }

  const PlacementProblem& problem_;
  const Conflicts& conflicts_;
  std::span<const Section> sections_;
  std::int64_t lower_bound_, budget_;
  std::int64_t spent_ = 0;
  std::vector<std::int64_t> best_;
  std::int64_t best_height_;
  std::vector<std::int64_t> offsets_, floors_;
  std::vector<bool> placed_;
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
