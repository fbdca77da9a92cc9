#include "passes/fit/relief.hpp"

#include <algorithm>
#include <set>

#include "passes/plan/make_plan.hpp"
#include "passes/prune/channel_flow.hpp"
#include "passes/prune/channel_sets.hpp"
#include "passes/prune/product_form.hpp"
#include "passes/prune/removal_steps.hpp"

namespace mote {
namespace {

constexpr double share_of_round = 0.05;
constexpr double bytes_beside_weights = 8.0;  // of a result's channel: bias and multiplier

double size(std::int64_t number) { return static_cast<double>(number); }

// Bytes of the arena from `begin` to before `end`.
struct Span {
  std::int64_t begin = 0, end = 0;
  [[nodiscard]] std::int64_t bytes() const { return end - begin; }
  [[nodiscard]] bool meets(const Span& other) const { return begin < other.end && other.begin < end; }
};

std::int64_t bytes_of_union(std::vector<Span> spans) {
  std::ranges::sort(spans, {}, &Span::begin);
  std::int64_t bytes = 0, end = 0;
  for (const Span& span : spans) {
    bytes += std::max<std::int64_t>(span.end - std::max(span.begin, end), 0);
    end = std::max(end, span.end);
  }
  return bytes;
}

// What is in use at a step. Where a value lies says which others it may share bytes with, but not that the step needs as
// many bytes as it reaches up to: a planner fills gaps wherever they are.
struct StepMemory {
  std::int64_t bytes = 0;
  std::vector<ValueId> helpful{};  // values with which it would become less: no larger one shares bytes with them
  std::set<ValueId> families{};    // the first values of the channels that would have to go
};

class ArenaUse {
 public:
  ArenaUse(const Plan& plan, const ChannelSets& sets) : plan_(plan), sets_(sets), families_(sets.families()) {
    for (std::size_t step = 0; step < plan.steps.size(); ++step) steps_.push_back(memory_of(step));
  }

  // To come from `now` to `limit` bytes, in units of whatever the elements are: of the steps beyond it, those for which
  // the fewest families can do anything, for what other steps need as well is decided there.
  [[nodiscard]] PruneRound relief(std::int64_t now, std::int64_t limit) const {
    PruneRound round{.worth = std::vector<double>(plan_.graph.values.size(), 0.0), .wanted = 0.0};
    const std::int64_t most = std::ranges::max(steps_, {}, &StepMemory::bytes).bytes;
    const double allowed = size(most) * size(limit) / size(std::max<std::int64_t>(now, 1));
    const StepMemory* hardest = nullptr;
    for (const StepMemory& step : steps_) {
      if (size(step.bytes) <= allowed || step.families.empty()) continue;
      if (hardest == nullptr || rank_of(step) < rank_of(*hardest)) hardest = &step;
    }
    if (hardest == nullptr) return round;
    double used = 0.0;
    for (const StepMemory& step : steps_) {
      if (size(step.bytes) <= allowed || step.families != hardest->families) continue;
      round.wanted += size(step.bytes) - allowed;
      used += size(step.bytes);
      for (const ValueId id : step.helpful) {
        const TensorType& type = plan_.graph.at(id).type;
        round.worth[*id] += size(type.bytes()) / size(static_cast<std::int64_t>(channel_count(type)));
      }
    }
    round.wanted = std::min(round.wanted, share_of_round * used);
    return round;
  }

 private:
  static std::pair<std::size_t, std::int64_t> rank_of(const StepMemory& step) { return {step.families.size(), -step.bytes}; }

  [[nodiscard]] StepMemory memory_of(std::size_t index) const {
    const auto step = static_cast<std::int32_t>(index);
    std::vector<ValueId> alive;
    std::vector<Span> spans;
    for (const Placement& place : plan_.placements) {
      if (place.home != Home::arena || place.value != place.storage) continue;
      if (step < place.first_step || place.last_step < step) continue;
      alive.push_back(place.value);
      spans.push_back({place.offset, place.offset + place.bytes});
    }
    const Step& call = plan_.steps[index];
    spans.push_back({call.scratch_offset, call.scratch_offset + call.call.scratch_bytes});
    StepMemory memory{.bytes = bytes_of_union(spans)};
    for (std::size_t i = 0; i < alive.size(); ++i) {
      const bool is_covered = std::ranges::any_of(
          spans, [&](const Span& other) { return spans[i].meets(other) && other.bytes() > spans[i].bytes(); });
      if (is_covered) continue;
      memory.helpful.push_back(alive[i]);
      add_families(alive[i], memory.families);
    }
    return memory;
  }

  // Without those that have to stay and those that are as small as they get.
  void add_families(ValueId id, std::set<ValueId>& families) const {
    for (std::size_t channel = 0; channel < channel_count(plan_.graph.at(id).type); ++channel) {
      const auto set = sets_.set_of(id, channel);
      if (!set) continue;
      const ValueId family = sets_.all()[*set].channels.front().first;
      if (families_.at(*family).size() > RemovalSteps::channel_multiple) families.insert(family);
    }
  }

  const Plan& plan_;
  const ChannelSets& sets_;
  std::map<std::size_t, std::vector<std::size_t>> families_{};
  std::vector<StepMemory> steps_{};
};

// The real network has the same plan as the quantized one, but for the size of its elements.
Result<PruneRound> memory_relief(const Graph& graph, const Target& target, const Footprint& now, const FitLimits& limits) {
  MOTE_TRY(const Plan plan, make_plan(graph, target, {.search_budget = 200'000}));
  if (plan.steps.empty()) return PruneRound{};
  // Over the planner's graph, which may have copies of outputs behind the values of `graph`.
  const ChannelSets sets(plan.graph, std::vector<double>(plan.graph.values.size(), 0.0));
  PruneRound round = ArenaUse(plan, sets).relief(now.ram_bytes, limits.ram_bytes);
  round.worth.resize(graph.values.size());
  return round;
}

std::vector<double> weight_bytes_by_channel(const Graph& graph) {
  std::vector<double> saved(graph.values.size(), 0.0);
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    const auto form = product_form(op);
    if (!form) continue;
    const double weights = size(op.in(1).shape.elements());
    const auto channels = [&](ValueId id) { return size(static_cast<std::int64_t>(channel_count(graph.at(id).type))); };
    saved[*node.outputs[0]] += weights / channels(node.outputs[0]) + bytes_beside_weights;
    if (!form->depthwise) saved[*node.inputs[0]] += weights / channels(node.inputs[0]);
  }
  return saved;
}

PruneRound relief_of_sum(std::vector<double> worth, std::int64_t now, std::int64_t limit, double unit) {
  const double excess = size(now - limit), most = share_of_round * size(now);
  return {.worth = std::move(worth), .wanted = std::min(excess, most) * unit};
}

}  // namespace

Result<std::optional<PruneRound>> next_relief(const Graph& graph, const Target& target, const Footprint& now,
                                              const FitLimits& limits) {
  if (now.ram_bytes > limits.ram_bytes) {
    MOTE_TRY(PruneRound round, memory_relief(graph, target, now, limits));
    if (round.wanted > 0.0) return std::optional(std::move(round));
  }
  if (now.cycles > limits.cycles) {
    std::int64_t macs = 0;
    for (const Node& node : graph.nodes)
      if (node.op->macs != nullptr) macs += node.op->macs({graph, node});
    return std::optional(relief_of_sum(macs_by_channel(graph), now.cycles, limits.cycles,
                                       size(macs) / size(std::max<std::int64_t>(now.cycles, 1))));
  }
  if (now.flash_bytes > limits.flash_bytes)
    return std::optional(relief_of_sum(weight_bytes_by_channel(graph), now.flash_bytes, limits.flash_bytes, 1.0));
  return std::optional<PruneRound>{};
}

}  // namespace mote
