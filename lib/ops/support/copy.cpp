#include "lib/ops/support/copy.hpp"

#include "lib/ops/support/types.hpp"
#include "lib/ops/support/walk.hpp"

namespace mote::ops {

std::vector<View> whole_view(const OpView&) { return {{.kind = View::Kind::output_in_input}}; }

void copy_eval(const OpView&, Operands in, Outputs out) { out[0].bytes = in[0]->bytes; }

Result<KernelCall> lower_copy(const OpView& op, const Target&) {
  return KernelCall{.header = "copy",
                    .kernel = "copy_bytes",
                    .fields = {{"bytes", field(op.in(0).bytes())}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]}};
}

KernelCall strided_copy_call(const OpView& op, std::int64_t start, std::vector<std::int64_t> extents,
                             std::vector<std::int64_t> strides) {
  Walk walk = merged({.extents = std::move(extents), .strides = {std::move(strides)}});
  std::int64_t block = 1;
  if (walk.strides[0].back() == 1) {
    block = walk.extents.back();
    walk.extents.back() = 1;
    walk = merged(walk);
  }
  KernelCall call{.header = "strided_copy",
                  .kernel = "strided_copy",
                  .fields = {{"start", field(start)}, {"block", field(block)}},
                  .operands = {op.node.inputs[0], op.node.outputs[0]}};
  append_walk(call.fields, walk);
  return call;
}

}  // namespace mote::ops
