#include "passes/plan/tasks.hpp"

#include <algorithm>

namespace mote {
namespace {

void sort_unique(std::vector<std::size_t>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

std::vector<SharedBytes> shared_bytes(const StorageMap& map, const PlannedStep& step) {
  std::vector<SharedBytes> shared;
  for (const StorageOverlap& overlap : storage_overlaps(map, step)) {
    const std::int64_t operand = map.storages[overlap.operand].bytes;
    const std::int64_t output = map.storages[overlap.output].bytes;
    const std::int64_t partial = std::max(output - overlap.operand_above_exact.value_or(overlap.operand_above),
                                          operand - overlap.output_above_exact.value_or(overlap.output_above));
    const std::int64_t bytes = overlap.in_place ? std::min(operand, output) : std::min({operand, output, partial});
    if (bytes > 0) shared.push_back({.operand = overlap.operand, .output = overlap.output, .bytes = bytes});
  }
  return shared;
}

}  // namespace

TaskGraph tasks_of(const SeparatedGraph& separated, const StorageMap& map,
                   const std::vector<std::optional<PlannedStep>>& steps) {
  const Graph& graph = separated.graph;
  TaskGraph tasks;
  for (const Storage& storage : map.storages) {
    tasks.storage_bytes.push_back(storage.home == Home::arena ? storage.bytes : 0);
  }
  // What is not in the arena costs nothing, whenever it is used.
  const auto add = [&](std::vector<std::size_t>& list, ValueId value) {
    const std::size_t storage = map.ranges[*value]->storage;
    if (tasks.storage_bytes[storage] > 0) list.push_back(storage);
  };
  std::vector<std::optional<std::size_t>> producer(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    Task task;
    for (const ValueId input : node.inputs) {
      if (input && producer[*input]) task.after.push_back(*producer[*input]);
    }
    for (const ValueId output : node.outputs) {
      if (!output) continue;
      producer[*output] = i;
      if (steps[i]) add(task.writes, output);
    }
    if (steps[i]) {
      for (const ValueId operand : steps[i]->call.operands) {
        const bool written = std::ranges::find(node.outputs, operand) != node.outputs.end();
        if (operand && !written) add(task.reads, operand);
      }
      task.scratch_bytes = steps[i]->call.scratch_bytes;
      task.shared = shared_bytes(map, *steps[i]);
    }
    sort_unique(task.after);
    sort_unique(task.reads);
    sort_unique(task.writes);
    tasks.tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace mote
