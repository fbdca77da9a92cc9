#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "lib/ops/op_def.hpp"
#include "lib/plan/check_contents.hpp"
#include "lib/plan/check_memory.hpp"
#include "lib/plan/check_overlap.hpp"
#include "lib/plan/plan.hpp"

namespace mote {
namespace {

constexpr std::int64_t scratch_alignment = 8;

bool intersect(std::int64_t a, std::int64_t a_bytes, std::int64_t b, std::int64_t b_bytes) {
  return a_bytes > 0 && b_bytes > 0 && a < b + b_bytes && b < a + a_bytes;
}

// Executes a plan on images of its memories that record which bytes of which value lie where.
class Checker {
 public:
  explicit Checker(const Plan& plan) : plan_(plan), graph_(plan.graph) {}

  Status run() {
    MOTE_TRY_STATUS(check_steps_cover_nodes());
    MOTE_TRY_STATUS(check_placements());
    MOTE_TRY(contents_, contents_of(graph_, has_step_));
    fill_memories();
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      MOTE_TRY_STATUS(check_step_operands(plan_.steps[step]));
      MOTE_TRY_STATUS(execute(plan_.steps[step]));
    }
    MOTE_TRY_STATUS(check_outputs());
    MOTE_TRY_STATUS(check_lifetimes());
    return check_totals();
  }

 private:
  // The memory that a placement is in: an arena, a caller's buffer, one constant.
  using MemoryKey = std::pair<Home, std::size_t>;
  static MemoryKey memory_of(const Placement& place) {
    return {place.home, place.home == Home::constant ? *place.storage : place.index};
  }

  [[nodiscard]] Diagnostic reject(const std::string& what) const {
    return {.code = Code::plan_rejected, .message = what, .where = {}};
  }
  [[nodiscard]] Diagnostic reject(const Step& step, const std::string& what) const {
    return at(OpView{graph_, graph_.nodes[step.node]}, Code::plan_rejected, what);
  }
  [[nodiscard]] std::string name(ValueId value) const { return "value '" + graph_.at(value).name + "'"; }
  [[nodiscard]] const Placement* find(ValueId value) const {
    return value && *value < places_.size() ? places_[*value] : nullptr;
  }

  Status check_steps_cover_nodes() {
    has_step_.assign(graph_.nodes.size(), false);
    for (const Step& step : plan_.steps) {
      if (step.node >= graph_.nodes.size()) return reject("a step stands for no node");
      if (has_step_[step.node]) return reject(step, "the node has two steps");
      has_step_[step.node] = true;
    }
    return Ok{};
  }

  Status check_placements() {
    places_.assign(graph_.values.size(), nullptr);
    if (!std::ranges::is_sorted(plan_.placements, {}, &Placement::value)) return reject("placements are not sorted");
    for (const Placement& place : plan_.placements) {
      for (const ValueId id : {place.value, place.storage}) {
        if (!id || *id >= graph_.values.size()) return reject("a placement is of no value");
      }
      if (find(place.value) != nullptr) return reject(name(place.value) + " is placed twice");
      places_[*place.value] = &place;
    }
    for (const Placement& place : plan_.placements) MOTE_TRY_STATUS(check_placement(place));
    return Ok{};
  }

  [[nodiscard]] std::int64_t capacity_of(const Placement& place) const {
    switch (place.home) {
      case Home::arena: return place.index == 0 ? plan_.arena_bytes : -1;
      case Home::caller_input: return bytes_of(graph_.inputs, place.index);
      case Home::caller_output: return bytes_of(graph_.outputs, place.index);
      case Home::constant: break;
    }
    return graph_.at(place.storage).is_constant() && place.index == 0 ? graph_.at(place.storage).type.bytes() : -1;
  }
  [[nodiscard]] std::int64_t bytes_of(const std::vector<ValueId>& interface, std::size_t index) const {
    return index < interface.size() ? graph_.at(interface[index]).type.bytes() : -1;
  }

  Status check_placement(const Placement& place) const {
    const TensorType& type = graph_.at(place.value).type;
    if (place.bytes != type.bytes()) return reject(name(place.value) + " has a wrong number of bytes");
    if (place.offset < 0 || place.offset + place.bytes > capacity_of(place)) {
      return reject(name(place.value) + " lies outside of its memory");
    }
    if (place.offset % byte_size(type.dtype) != 0) return reject(name(place.value) + " is not aligned");
    if (place.home == Home::constant) return Ok{};
    const Placement* storage = find(place.storage);
    if (storage == nullptr || storage->storage != storage->value) return reject(name(place.value) + " has no storage");
    const bool inside = memory_of(place) == memory_of(*storage) && place.offset >= storage->offset &&
                        place.offset + place.bytes <= storage->offset + storage->bytes;
    if (!inside) return reject(name(place.value) + " lies outside of its storage");
    return Ok{};
  }

  void fill_memories() {
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) fill({Home::caller_input, i}, graph_.inputs[i]);
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const ValueId id{static_cast<std::uint32_t>(i)};
      if (graph_.at(id).is_constant()) fill({Home::constant, i}, id);
    }
  }
  void fill(MemoryKey memory, ValueId value) {
    memories_[memory].write(0, {.value = value, .offset = 0, .bytes = graph_.at(value).type.bytes()});
  }

  [[nodiscard]] bool is_output(const Step& step, ValueId value) const {
    const std::vector<ValueId>& outputs = graph_.nodes[step.node].outputs;
    return std::ranges::find(outputs, value) != outputs.end();
  }

  // The call names inputs and outputs of its node and nothing else, every output among them, all of them placed.
  Status check_step_operands(const Step& step) const {
    const Node& node = graph_.nodes[step.node];
    for (const ValueId operand : step.call.operands) {
      if (!operand) continue;
      const bool known = is_output(step, operand) || std::ranges::find(node.inputs, operand) != node.inputs.end();
      if (!known) return reject(step, "the kernel's operand is none of the node");
      const Placement* place = find(operand);
      if (place == nullptr) return reject(step, name(operand) + " is not placed");
      const bool writable = place->home == Home::arena || place->home == Home::caller_output;
      if (is_output(step, operand) && !writable) return reject(step, name(operand) + " is written to read-only memory");
    }
    for (const ValueId output : node.outputs) {
      if (output && std::ranges::count(step.call.operands, output) != 1) {
        return reject(step, name(output) + " is not written once");
      }
    }
    if (step.call.scratch_bytes == 0) return Ok{};
    const bool inside = step.scratch_offset >= 0 && step.call.scratch_bytes > 0 &&
                        step.scratch_offset + step.call.scratch_bytes <= plan_.arena_bytes;
    if (!inside || step.scratch_offset % scratch_alignment != 0) return reject(step, "scratch is misplaced");
    return Ok{};
  }

  Status execute(const Step& step) {
    std::vector<const Placement*> reads, writes;
    for (const ValueId operand : step.call.operands) {
      if (operand) (is_output(step, operand) ? writes : reads).push_back(find(operand));
    }
    for (const Placement* read : reads) MOTE_TRY_STATUS(check_read(step, *read));
    MOTE_TRY_STATUS(check_overlaps(step, reads, writes));
    if (step.call.scratch_bytes > 0) {
      memories_[{Home::arena, 0}].write(step.scratch_offset, {.bytes = step.call.scratch_bytes});
    }
    for (const Placement* write : writes) {
      memories_[memory_of(*write)].write(write->offset, {.value = write->value, .offset = 0, .bytes = write->bytes});
    }
    return Ok{};
  }

  Status check_read(const Step& step, const Placement& place) {
    return holds(place) ? Status{Ok{}} : Status{reject(step, name(place.value) + " is not there when it is read")};
  }
  [[nodiscard]] bool holds(const Placement& place) {
    std::int64_t at = place.offset;
    for (const Content& run : contents_[*place.value]) {
      if (memories_[memory_of(place)].mismatch(at, run) >= 0) return false;
      at += run.bytes;
    }
    return true;
  }

  Status check_overlaps(const Step& step, const std::vector<const Placement*>& reads,
                        const std::vector<const Placement*>& writes) const {
    for (const Placement* write : writes) {
      std::vector<const Placement*> shared;
      for (const Placement* read : reads) {
        if (overlap(*read, *write)) shared.push_back(read);
      }
      if (!shared.empty() && (writes.size() > 1 || !overlap_is_safe(plan_, step, *write, shared))) {
        return reject(step, name(write->value) + " is written over an operand that is still being read");
      }
      for (const Placement* other : writes) {
        if (other != write && overlap(*other, *write)) return reject(step, "two outputs overlap");
      }
    }
    const auto in_scratch = [&](const Placement* place) {
      return place->home == Home::arena &&
             intersect(place->offset, place->bytes, step.scratch_offset, step.call.scratch_bytes);
    };
    if (std::ranges::any_of(reads, in_scratch) || std::ranges::any_of(writes, in_scratch)) {
      return reject(step, "scratch overlaps an operand");
    }
    return Ok{};
  }
  static bool overlap(const Placement& a, const Placement& b) {
    return memory_of(a) == memory_of(b) && intersect(a.offset, a.bytes, b.offset, b.bytes);
  }

  Status check_outputs() {
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      const Placement* place = find(graph_.outputs[i]);
      const bool placed =
          place != nullptr && place->home == Home::caller_output && place->index == i && place->offset == 0;
      if (!placed) return reject(name(graph_.outputs[i]) + " is not in the caller's buffer");
      if (!holds(*place)) return reject(name(graph_.outputs[i]) + " is not there at the end");
    }
    for (const ValueId input : graph_.inputs) {
      if (find(input) == nullptr) return reject(name(input) + " is not placed");
    }
    return Ok{};
  }

  Status check_lifetimes() const {
    const auto end = static_cast<std::int32_t>(plan_.steps.size());
    std::map<ValueId, std::pair<std::int32_t, std::int32_t>> used;  // by storage
    for (std::int32_t step = 0; step < end; ++step) {
      for (const ValueId operand : plan_.steps[static_cast<std::size_t>(step)].call.operands) {
        if (!operand) continue;
        const auto [found, fresh] = used.try_emplace(find(operand)->storage, step, step);
        if (!fresh) found->second.second = step;
      }
    }
    for (const Placement& place : plan_.placements) {
      const auto found = used.find(place.storage);
      auto [first, last] = found == used.end() ? std::pair(end, std::int32_t{-1}) : found->second;
      if (place.home == Home::caller_input || place.home == Home::constant) first = -1;
      if (place.home == Home::caller_output) last = end;
      if (place.first_step != first || place.last_step != last)
        return reject(name(place.value) + " has a wrong lifetime");
    }
    return Ok{};
  }

  Status check_totals() const {
    std::int64_t arena = 0, sum = 0, scratch = 0, macs = 0, weights = 0;
    std::set<ValueId> constants;
    for (const Placement& place : plan_.placements) {
      if (place.home != Home::arena) continue;
      arena = std::max(arena, place.offset + place.bytes);
      if (place.value == place.storage) sum += place.bytes;
    }
    for (const Step& step : plan_.steps) {
      if (step.call.scratch_bytes > 0) arena = std::max(arena, step.scratch_offset + step.call.scratch_bytes);
      sum += step.call.scratch_bytes;
      scratch = std::max(scratch, step.call.scratch_bytes);
      macs += step.call.macs;
      for (const ValueId operand : step.call.operands) {
        const bool weight = operand && find(operand)->home == Home::constant;
        if (weight && constants.insert(find(operand)->storage).second) {
          weights += graph_.at(find(operand)->storage).type.bytes();
        }
      }
    }
    const bool right = plan_.arena_bytes == arena && plan_.sum_bytes == sum && plan_.scratch_bytes == scratch &&
                       plan_.macs == macs && plan_.weights_bytes == weights && plan_.lower_bound_bytes <= arena;
    return right ? Status{Ok{}} : Status{reject("a total is wrong")};
  }

  const Plan& plan_;
  const Graph& graph_;
  std::vector<bool> has_step_{};
  std::vector<const Placement*> places_{};  // by value
  std::vector<std::vector<Content>> contents_{};
  std::map<MemoryKey, MemoryImage> memories_{};
};

}  // namespace

Status check(const Plan& plan) { return Checker(plan).run(); }

}  // namespace mote
