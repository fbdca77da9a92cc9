#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "lib/plan/plan.hpp"
#include "passes/pass.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

// What a compiled network takes of a part: bytes of the arena, bytes of the constants and of trees as branches, cycles of a run
// (lib/plan/cycles.hpp).
struct Footprint {
  std::int64_t ram_bytes = 0, flash_bytes = 0, cycles = 0;
  bool operator==(const Footprint&) const = default;
};
[[nodiscard]] Footprint footprint_of(const Plan& plan);

// The most that a network may take.
struct FitLimits {
  std::int64_t ram_bytes = 0, flash_bytes = 0;
  std::int64_t cycles = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] bool hold(const Footprint& footprint) const {
    return footprint.ram_bytes <= ram_bytes && footprint.flash_bytes <= flash_bytes && footprint.cycles <= cycles;
  }
};

// How a network is to be quantized, by names as --int16 and --int4-weights take them; the rest has 8 bits.
struct Precisions {
  std::vector<std::string> wide_activations{};
  std::vector<std::string> narrow_weights{};
  bool operator==(const Precisions&) const = default;
};

// What a footprint depends on beside network and precisions.
struct RoughOptions {
  Target target{};
  CalibrationSamples samples{};
  bool integer_interface = false;  // as QuantizeOptions has it
  Optimize optimize = Optimize::automatic;
};

// The plan that a network gets when it is quantized: the real passes and planner, but with ranges of a few samples and
// without any of the steps that only accuracy needs, so that it costs some tenths of a second. What it takes is that of
// the network quantized in earnest, but for channels that turn out to be constant only there.
// `graph`: real, as imported or at Stage::fused. Errors: those of passes and planner, and of a sample.
[[nodiscard]] Result<Plan> rough_plan(const Graph& graph, const RoughOptions& options, const Precisions& precisions = {});

}  // namespace mote
