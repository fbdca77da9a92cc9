#pragma once
#include <optional>
#include <vector>

#include "lib/plan/plan.hpp"
#include "passes/plan/separate_outputs.hpp"

namespace mote {

// Bytes that belong together: a value and everything that is a view of it or a part written into it.
struct Storage {
  ValueId owner{};
  Home home = Home::arena;
  std::size_t index = 0;  // of the graph input or output
  std::int64_t bytes = 0;
  std::int64_t alignment = 1;  // suits every element type that lies in it, and words where kernels read them
};

struct ValueRange {
  std::size_t storage = 0;
  std::int64_t offset = 0;
};

// Which values share bytes. Does not depend on the order of execution.
struct StorageMap {
  std::vector<Storage> storages{};
  std::vector<std::optional<ValueRange>> ranges{};  // by value; nothing for values that no node or output uses
  std::vector<bool> needs_kernel{};                 // by node
};

[[nodiscard]] StorageMap map_storages(const SeparatedGraph& separated);

}  // namespace mote
