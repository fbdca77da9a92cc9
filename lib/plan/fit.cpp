#include "lib/plan/fit.hpp"

#include <algorithm>
#include <set>

#include "lib/plan/model_code.hpp"

namespace mote {
namespace {

RegionFit choose_region(const Target& target, MemoryKind kind, std::size_t preferred, std::int64_t bytes) {
  RegionFit chosen{.region = preferred, .needed_bytes = bytes, .usable_bytes = 0};
  if (preferred >= target.memory.size()) return chosen;
  chosen.usable_bytes = target.memory[preferred].usable_bytes();
  if (chosen.missing_bytes() == 0) return chosen;
  RegionFit best = chosen;
  for (std::size_t i = 0; i < target.memory.size(); ++i) {
    const MemoryRegion& region = target.memory[i];
    const bool reachable = region.kind == kind && !region.section.empty();
    if (!reachable || region.usable_bytes() < bytes) continue;
    if (best.missing_bytes() == 0 && best.usable_bytes >= region.usable_bytes()) continue;
    best = {.region = i, .needed_bytes = bytes, .usable_bytes = region.usable_bytes()};
  }
  return best;
}

std::string type_text(const TensorType& type) { return type.shape.text() + " " + std::string(name_of(type.dtype)); }

void sort_largest_first(std::vector<SpaceUse>& uses) {
  std::ranges::stable_sort(uses, std::ranges::greater{}, &SpaceUse::bytes);
}

// Storages alive at a step, and its scratch.
std::vector<SpaceUse> uses_at(const Plan& plan, std::size_t index) {
  const auto step = static_cast<std::int32_t>(index);
  std::vector<SpaceUse> uses;
  for (const Placement& place : plan.placements) {
    const bool alive = place.first_step <= step && step <= place.last_step;
    if (place.home != Home::arena || place.value != place.storage || !alive) continue;
    const Value& value = plan.graph.at(place.value);
    uses.push_back({.what = value.name, .shape = type_text(value.type), .bytes = place.bytes});
  }
  const std::int64_t scratch = plan.steps[index].call.scratch_bytes;
  if (scratch > 0) {
    const std::string& node = plan.graph.nodes[plan.steps[index].node].origin.node;
    uses.push_back({.what = "scratch of " + node, .shape = {}, .bytes = scratch});
  }
  sort_largest_first(uses);
  return uses;
}

// Changes of the bytes in use from step to step, so that a long network needs one pass.
std::optional<std::size_t> find_peak(const Plan& plan) {
  if (plan.steps.empty()) return std::nullopt;
  std::vector<std::int64_t> change(plan.steps.size() + 1, 0);
  for (const Placement& place : plan.placements) {
    if (place.home != Home::arena || place.value != place.storage || place.last_step < place.first_step) continue;
    change[static_cast<std::size_t>(place.first_step)] += place.bytes;
    change[static_cast<std::size_t>(place.last_step) + 1] -= place.bytes;
  }
  std::size_t peak = 0;
  std::int64_t most = -1, alive = 0;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    alive += change[step];
    const std::int64_t bytes = alive + plan.steps[step].call.scratch_bytes;
    if (bytes > most) peak = step;
    most = std::max(most, bytes);
  }
  return peak;
}

std::vector<SpaceUse> weights_of(const Plan& plan) {
  std::set<ValueId> constants;
  for (const Step& step : plan.steps) {
    for (const ValueId operand : step.call.operands) {
      if (!operand) continue;
      const Placement& place = plan.placement(operand);
      if (place.home == Home::constant) constants.insert(place.storage);
    }
  }
  std::vector<SpaceUse> uses;
  for (const ValueId id : constants) {
    const Value& value = plan.graph.at(id);
    uses.push_back({.what = value.name, .shape = type_text(value.type), .bytes = value.type.bytes()});
  }
  for (const BranchCode& code : branch_code(plan))
    uses.push_back({.what = "branches of " + code.node,
                    .shape = "estimated for " + std::to_string(code.decisions) + " decisions",
                    .bytes = code.flash_bytes});
  sort_largest_first(uses);
  return uses;
}

std::vector<std::string> table(const std::vector<SpaceUse>& uses, std::size_t rows) {
  std::vector<std::string> lines;
  std::int64_t rest = 0;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (i >= rows) {
      rest += uses[i].bytes;
      continue;
    }
    const std::string shape = uses[i].shape.empty() ? "" : " (" + uses[i].shape + ")";
    lines.push_back(std::to_string(uses[i].bytes) + " B: " + uses[i].what + shape);
  }
  if (rest > 0) lines.push_back(std::to_string(rest) + " B: " + std::to_string(uses.size() - rows) + " more");
  return lines;
}

Diagnostic exceeded(const Plan& plan, Code code, const RegionFit& region, const std::string& what,
                    std::vector<std::string> help) {
  const MemoryRegion& memory = plan.target.memory[region.region];
  const std::string found = what + " " + std::to_string(region.needed_bytes) + " B, but " + plan.target.name +
                            " leaves " + std::to_string(region.usable_bytes) + " B in " + memory.name + ": " +
                            std::to_string(region.missing_bytes()) + " B too many";
  return {.code = code, .message = found, .where = {}, .help = std::move(help)};
}

}  // namespace

FitReport fit(const Plan& plan) {
  const Target& target = plan.target;
  FitReport report{.ram = choose_region(target, MemoryKind::ram, target.arena_region, plan.arena_bytes),
                   .flash = choose_region(target, MemoryKind::flash, target.weights_region, plan.weights_bytes + branch_code_bytes(plan)),
                   .peak_step = find_peak(plan),
                   .peak = {},
                   .weights = weights_of(plan)};
  if (report.peak_step) report.peak = uses_at(plan, *report.peak_step);
  return report;
}

Status check_fit(const Plan& plan, const FitReport& report, std::size_t rows) {
  Diagnostics problems;
  if (report.ram.missing_bytes() > 0) {
    std::vector<std::string> help = table(report.peak, rows);
    if (report.peak_step) {
      const Locus& peak = plan.graph.nodes[plan.steps[*report.peak_step].node].origin;
      help.insert(help.begin(), "the most is in use while node '" + peak.node + "' (" + peak.op_type + ") runs:");
    }
    problems.push_back(exceeded(plan, Code::ram_exceeded, report.ram, "activations take", std::move(help)));
  }
  if (report.flash.missing_bytes() > 0) {
    std::vector<std::string> help = table(report.weights, rows);
    const bool code = branch_code_bytes(plan) > 0;
    help.insert(help.begin(), code ? "the largest parts:" : "the largest constants:");
    problems.push_back(exceeded(plan, Code::flash_exceeded, report.flash, code ? "weights and branches take" : "weights take", std::move(help)));
  }
  if (!problems.empty()) return problems;
  return Ok{};
}

}  // namespace mote
