#include <algorithm>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {
namespace ops {
#define MOTE_OPS(file) std::span<const OpDef> file##_ops();
#include "lib/ops/ops.def"
#undef MOTE_OPS
}  // namespace ops

// An explicit table: deterministic order, and no static-initialisation registry for a linker to drop.
std::span<const OpDef* const> all_ops() {
  static const std::vector<const OpDef*> table = [] {
    std::vector<const OpDef*> all;
    const auto append = [&](std::span<const OpDef> family) {
      for (const OpDef& op : family) all.push_back(&op);
    };
#define MOTE_OPS(file) append(ops::file##_ops());
#include "lib/ops/ops.def"
#undef MOTE_OPS
    return all;
  }();
  return table;
}

const OpDef* find_op(std::string_view name) {
  const auto found = std::ranges::find_if(all_ops(), [&](const OpDef* op) { return op->name == name; });
  return found == all_ops().end() ? nullptr : *found;
}

const OpDef* find_onnx_op(std::string_view domain, std::string_view name) {
  const auto matches = [&](const OpDef* op) {
    return op->onnx.since > 0 && op->onnx.domain == domain && op->onnx.name == name;
  };
  const auto found = std::ranges::find_if(all_ops(), matches);
  return found == all_ops().end() ? nullptr : *found;
}

}  // namespace mote
