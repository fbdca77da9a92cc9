#include "passes/fit/footprint.hpp"

#include "lib/plan/cycles.hpp"
#include "lib/plan/model_code.hpp"
#include "passes/plan/make_plan.hpp"

namespace mote {
namespace {

constexpr std::int64_t few_samples = 4;
constexpr std::int64_t rough_search_budget = 200'000;

CalibrationSamples some_of(const CalibrationSamples& samples) {
  const std::int64_t taken = std::min(samples.count, few_samples);
  return {.count = taken,
          .sample = [samples, taken](std::int64_t index) { return samples.sample(index * samples.count / taken); },
          .sha256 = {}};
}

}  // namespace

Footprint footprint_of(const Plan& plan) {
  return {.ram_bytes = plan.arena_bytes, .flash_bytes = plan.weights_bytes + branch_code_bytes(plan), .cycles = estimated_cycles(plan)};
}

Result<Plan> rough_plan(const Graph& graph, const RoughOptions& options, const Precisions& precisions) {
  const QuantizeOptions quantize{.samples = some_of(options.samples),
                                 .range = RangeMethod::minmax,
                                 .integer_interface = options.integer_interface,
                                 .wide = precisions.wide_activations,
                                 .narrow = {"*"},
                                 .weights_of_4_bits = precisions.narrow_weights,
                                 .equalize = false,
                                 .weight_rounding = WeightRounding::nearest,
                                 .correct_bias = false};
  MOTE_TRY(Graph integers, run_passes(standard_pipeline(), graph, {.target = options.target, .quantize = &quantize, .optimize = options.optimize}));
  return make_plan(std::move(integers), options.target, {.search_budget = rough_search_budget});
}

}  // namespace mote
