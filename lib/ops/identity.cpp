// Identity (ONNX 1..21): a view of its input. passes/canonical/drop_identity.cpp removes it where it can.
#include "lib/ops/op_def.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) { return Types{op.in(0)}; }
void eval(const OpView&, Operands in, Outputs out) { out[0].bytes = in[0]->bytes; }
std::vector<View> views(const OpView&) { return {{.kind = View::Kind::output_in_input}}; }

Sample sample(Rng& rng) {
  const auto shape = Shape::make({rng.integer(1, 4), rng.integer(1, 5)});
  return {.attrs = {}, .inputs = {{.type = {.dtype = DType::f32, .shape = *shape}}}};
}

constexpr OpDef family[] = {
    {.name = "Identity",
     .summary = "the input itself",
     .onnx = {.name = "Identity", .domain = "", .since = 1, .until = 21},
     .infer = infer,
     .eval = eval,
     .views = views,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> identity_ops();
std::span<const OpDef> identity_ops() { return family; }

}  // namespace mote::ops
