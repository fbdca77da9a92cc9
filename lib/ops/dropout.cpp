// Dropout (ONNX 7..13) at inference: the input itself. The mask, where asked for, says that everything was kept; it is
// boolean here although opsets 7 to 9 gave it the type of the input.
#include <algorithm>

#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec dropout_attrs[] = {{.name = "ratio", .kind = AttrKind::real, .fallback = 0.5F, .operand = 1},
                                      {.name = "training_mode",
                                       .fallback = std::int64_t{0},
                                       .lowest = 0,
                                       .highest = 1,
                                       .operand = 2},
                                      {.name = "seed", .fallback = std::int64_t{0}}};

bool has_mask(const OpView& op) { return op.has_out(1); }

Result<Types> infer(const OpView& op) {
  if (op.integer("training_mode") != 0)
    return at(op, Code::unsupported_form, "training_mode is 1, expected 0: dropping at random belongs to training",
              {"export the model in evaluation mode"});
  if (!op.has_out(0)) return at(op, Code::wrong_arity, "output 0 may not be left out");
  Types types{op.in(0)};
  if (op.node.outputs.size() == 2) types.push_back({.dtype = DType::boolean, .shape = op.in(0).shape});
  return types;
}

void eval(const OpView& op, Operands in, Outputs out) {
  out[0].bytes = in[0]->bytes;
  if (has_mask(op)) std::ranges::fill(out[1].as<std::uint8_t>(), std::uint8_t{1});
}

std::vector<View> views(const OpView& op) { return has_mask(op) ? std::vector<View>{} : whole_view(op); }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  if (!has_mask(op)) return lower_copy(op, target);
  return KernelCall{.header = "dropout",
                    .kernel = "dropout",
                    .fields = {{"count", field(op.in(0).shape.elements())}},
                    .operands = {op.node.inputs[0], op.node.outputs[0], op.node.outputs[1]}};
}

Sample sample(Rng& rng) {
  return {.attrs = {{"ratio", rng.real(0.0F, 1.0F)}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 0, 4, 5)}}},
          .outputs = rng.chance(2) ? std::size_t{2} : std::size_t{1}};
}

constexpr OpDef family[] = {
    {.name = "Dropout",
     .summary = "the input itself (inference)",
     .onnx = {.name = "Dropout", .domain = "", .since = 7, .until = 13},
     .arity = {.min_in = 1, .max_in = 1, .min_out = 1, .max_out = 2},
     .attrs = dropout_attrs,
     .infer = infer,
     .eval = eval,
     .views = views,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> dropout_ops();
std::span<const OpDef> dropout_ops() { return family; }

}  // namespace mote::ops
