#pragma once
#include <cstdint>
#include <vector>

namespace mote {

// An order of execution with a small peak of live bytes.

// Two storages of one task of which `bytes` may coincide if nothing else needs the operand.
struct SharedBytes {
  std::size_t operand = 0, output = 0;
  std::int64_t bytes = 0;
};

struct Task {
  std::vector<std::size_t> after{};   // tasks that must have run
  std::vector<std::size_t> reads{};   // storages, each once
  std::vector<std::size_t> writes{};  // storages, each once; a storage may be written by several tasks, part by part
  std::int64_t scratch_bytes = 0;
  std::vector<SharedBytes> shared{};
};

struct TaskGraph {
  std::vector<Task> tasks{};                  // in a topological order
  std::vector<std::int64_t> storage_bytes{};  // 0 for storages outside the arena
};

// Most live bytes at any task; a storage lives from its first write to its last use.
[[nodiscard]] std::int64_t peak_of(const TaskGraph& graph, const std::vector<std::size_t>& order);

// Dynamic programming over the sets of tasks that may have run, level by level. Exact as long as no level has more
// sets than `most_sets` / number of tasks; beyond that the best sets of each level are kept. The given order wins ties.
[[nodiscard]] std::vector<std::size_t> schedule(const TaskGraph& graph, std::int64_t most_sets);

}  // namespace mote
