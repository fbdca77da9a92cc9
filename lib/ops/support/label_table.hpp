#pragma once
#include <string>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// What a LabelEncoder maps, however its version writes it, or a CategoryMapper.
struct LabelTable {
  Tensor keys{};        // [n] of the input's type, all different
  Tensor values{};      // [n + 1]; the last belongs to what equals no key
  std::string names{};  // of values that are strings: `values` are positions in this list, joined (lib/support/word_list.hpp)
};

[[nodiscard]] Result<LabelTable> label_table_of(const OpView& op);

}  // namespace mote::ops
