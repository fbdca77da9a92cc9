#pragma once
#include <vector>

#include "passes/plan/overlap.hpp"
#include "passes/plan/place.hpp"
#include "passes/plan/storages.hpp"

namespace mote {

// A step before offsets are known.
struct PlannedStep {
  std::size_t node = 0;
  KernelCall call{};
  std::vector<Overlap> overlaps{};
};

struct Lifetime {
  std::int32_t first = 0, last = 0;
};

// First write (-1: there from the start) and last use (number of steps: the caller reads it) of every storage.
[[nodiscard]] std::vector<Lifetime> lifetimes_of(const SeparatedGraph& separated, const StorageMap& map,
                                                 const std::vector<PlannedStep>& steps);

// The arena as a placement problem: storages that live in the arena, those that lie exactly over each other as one
// buffer, and the scratch of each step as a buffer of that step alone.
struct ArenaProblem {
  PlacementProblem problem{};
  std::vector<std::optional<std::size_t>> buffer_of_storage{};
  std::vector<std::optional<std::size_t>> buffer_of_scratch{};  // by step
};
[[nodiscard]] ArenaProblem arena_problem(const StorageMap& map, const std::vector<Lifetime>& lifetimes,
                                         const std::vector<PlannedStep>& steps);

// Overlaps of a step, seen as storages: all operands that lie in `operand`, intersected.
struct StorageOverlap {
  std::size_t operand = 0, output = 0;
  std::int64_t operand_above = 0, output_above = 0;
  bool in_place = false;
  std::optional<std::int64_t> operand_above_exact{}, output_above_exact{};
};
[[nodiscard]] std::vector<StorageOverlap> storage_overlaps(const StorageMap& map, const PlannedStep& step);

}  // namespace mote
