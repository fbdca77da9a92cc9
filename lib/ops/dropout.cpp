// Dropout (ONNX 6..13) at inference, or in training with a ratio of 0: the input itself. The mask, where asked for, says
// that everything was kept; it is boolean here although opsets 6 to 9 gave it the type of the input.
#include <algorithm>

#include "lib/ops/gradient.hpp"
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

// Opset 6 said whether it is inference, and thought it was not unless told.
void adapt(std::int64_t opset, Attrs& attrs) {
  if (opset >= 7) return;
  const auto is_test = attrs.find("is_test");
  const bool inference = is_test != attrs.end() && is_test->second != Attr(std::int64_t{0});
  attrs["training_mode"] = std::int64_t{inference ? 0 : 1};
  if (is_test != attrs.end()) attrs.erase(is_test);
}

bool has_mask(const OpView& op) { return op.has_out(1); }

Result<Types> infer(const OpView& op) {
  if (op.integer("training_mode") != 0 && op.real("ratio") != 0.0F)
    return at(op, Code::unsupported_form,
              "elements are dropped at random (training_mode is 1, the ratio is not 0), which belongs to training: the "
              "model says neither which elements nor by which random numbers",
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

void gradient(const OpView&, GradientBuilder& builder) { builder.give(0, builder.gradient()); }

constexpr OpDef family[] = {
    {.name = "Dropout",
     .summary = "the input itself (inference)",
     .onnx = {.name = "Dropout", .domain = "", .since = 6, .until = 13},
     .arity = {.min_in = 1, .max_in = 1, .min_out = 1, .max_out = 2},
     .attrs = dropout_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> dropout_ops();
std::span<const OpDef> dropout_ops() { return family; }

}  // namespace mote::ops
