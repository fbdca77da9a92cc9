#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lib/plan/plan.hpp"

namespace mote {

// Something that takes space, in the user's words.
struct SpaceUse {
  std::string what{};   // value or node name
  std::string shape{};  // "1x25x5x64 f32"; empty for scratch
  std::int64_t bytes = 0;
};

// One kind of memory: the region that was chosen, what goes there and what it offers.
struct RegionFit {
  std::size_t region = 0;  // index into target.memory
  std::int64_t needed_bytes = 0;
  std::int64_t usable_bytes = 0;
  [[nodiscard]] std::int64_t missing_bytes() const {
    return needed_bytes > usable_bytes ? needed_bytes - usable_bytes : 0;
  }
};

// Where a plan goes on its target and what takes the space, largest first. Decisions of trees that are code count as
// estimated (model_code.hpp); all other code, stack and the target's own reserve are not part of `needed_bytes`.
struct FitReport {
  RegionFit ram{};                         // the context
  RegionFit flash{};                       // the weights, and decisions as code
  std::optional<std::size_t> peak_step{};  // the step at which most bytes of the arena are in use
  std::vector<SpaceUse> peak{};            // what is in use at that step
  std::vector<SpaceUse> weights{};
  [[nodiscard]] bool fits() const { return ram.missing_bytes() == 0 && flash.missing_bytes() == 0; }
};

// The region the target names, if the plan fits there; else the roomiest other one of that kind that it fits in and
// that the linker can reach by name; else the one the target names.
[[nodiscard]] FitReport fit(const Plan& plan);

// Ok, or Code::ram_exceeded and Code::flash_exceeded with by how much the plan misses and the largest `rows` users.
[[nodiscard]] Status check_fit(const Plan& plan, const FitReport& report, std::size_t rows = 5);

}  // namespace mote
