// Identity (ONNX 1..21): a view of its input. passes/canonical/drop_identity.cpp removes it where it can.
#include "lib/ops/op_def.hpp"
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/bounds.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) { return Types{op.in(0)}; }
void eval(const OpView&, Operands in, Outputs out) { out[0].bytes = in[0]->bytes; }
std::vector<View> views(const OpView&) { return {{.kind = View::Kind::output_in_input}}; }

// The planner asks for a copy where the view cannot be had: an output that is also an input, say.
Result<KernelCall> lower(const OpView& op, const Target&) {
  return KernelCall{.header = "copy",
                    .kernel = "copy_bytes",
                    .fields = {{"bytes", static_cast<std::int32_t>(op.in(0).bytes())}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]}};
}

Sample sample(Rng& rng) {
  const auto shape = Shape::make({rng.integer(1, 4), rng.integer(1, 5)});
  return {.attrs = {}, .inputs = {{.type = {.dtype = DType::f32, .shape = *shape}}}};
}

void gradient(const OpView&, GradientBuilder& builder) { builder.give(0, builder.gradient()); }

constexpr OpDef family[] = {
    {.name = "Identity",
     .summary = "the input itself",
     .onnx = {.name = "Identity", .domain = "", .since = 1, .until = 21},
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> identity_ops();
std::span<const OpDef> identity_ops() { return family; }

}  // namespace mote::ops
