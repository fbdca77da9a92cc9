#include <algorithm>
#include <array>

#include "lib/ops/support/recurrent.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

// Small weights: some activations have no bounds, and what grows from step to step would drown the rest.
constexpr float largest_weight = 0.7F;
constexpr std::array<std::string_view, 11> names{"Sigmoid",         "Tanh",       "Relu",        "Affine", "LeakyRelu",
                                                 "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu",    "Softsign",
                                                 "Softplus"};

Sample::Input real_operand(Rng& rng, std::vector<std::int64_t> extents, bool constant) {
  Sample::Input input{.type = {.dtype = DType::f32, .shape = shape_of(std::move(extents))},
                      .low = -largest_weight,
                      .high = largest_weight};
  if (!constant) return input;
  input.constant = Tensor::zeros(DType::f32, input.type.shape);
  for (float& value : input.constant->as<float>()) value = rng.real(-largest_weight, largest_weight);
  return input;
}

void sample_activations(Rng& rng, const RecurrentKind& kind, std::int64_t directions, Attrs& attrs) {
  if (rng.chance(2)) return;
  std::string activations;
  for (std::size_t i = 0; i < static_cast<std::size_t>(directions) * kind.functions.size(); ++i)
    activations += (i == 0 ? "" : ",") +
                   std::string(names[static_cast<std::size_t>(rng.integer(0, std::int64_t{names.size()} - 1))]);
  attrs["activations"] = activations;
  if (rng.chance(2)) attrs["activation_alpha"] = std::vector<float>{rng.real(0.1F, 1.0F), rng.real(0.1F, 1.0F)};
  if (rng.chance(2)) attrs["activation_beta"] = std::vector<float>{rng.real(0.1F, 1.0F)};
}

}  // namespace

Sample sample_recurrent(Rng& rng, const RecurrentKind& kind) {
  constexpr std::string_view directions[] = {"forward", "reverse", "bidirectional"};
  const std::string direction(directions[rng.integer(0, 2)]);
  const RecurrentShape shape{.steps = rng.integer(1, 4),
                             .batch = rng.integer(1, 2),
                             .input = rng.integer(1, 5),
                             .hidden = rng.integer(1, 5),
                             .directions = direction == "bidirectional" ? 2 : 1,
                             .batch_first = rng.chance(3)};
  Sample sample{.attrs = {{"direction", direction}, {"layout", std::int64_t{shape.batch_first}}}};
  if (rng.chance(3)) sample.attrs["clip"] = rng.real(0.1F, 1.0F);
  if (rng.chance(2)) sample.attrs["hidden_size"] = shape.hidden;
  sample_activations(rng, kind, shape.directions, sample.attrs);

  const std::int64_t rows = kind.gates * shape.hidden;
  const auto x = shape.batch_first ? std::vector{shape.batch, shape.steps, shape.input}
                                   : std::vector{shape.steps, shape.batch, shape.input};
  const bool constant = !rng.chance(4);
  sample.inputs = {real_operand(rng, x, false), real_operand(rng, {shape.directions, rows, shape.input}, constant),
                   real_operand(rng, {shape.directions, rows, shape.hidden}, constant),
                   real_operand(rng, {shape.directions, 2 * rows}, constant)};
  sample.inputs.push_back({.type = {.dtype = DType::s32, .shape = shape_of({shape.batch})},
                           .low = -1.0F,
                           .high = static_cast<float>(shape.steps + 1)});
  sample.inputs.push_back(real_operand(rng, shape.state_extents(), false));
  if (kind.has_cell) {
    sample.inputs.push_back(real_operand(rng, shape.state_extents(), false));
    sample.inputs.push_back(real_operand(rng, {shape.directions, 3 * shape.hidden}, constant));
  }
  for (std::size_t i = 3; i < sample.inputs.size(); ++i) sample.inputs[i].present = rng.chance(2);
  sample.outputs = static_cast<std::size_t>(rng.integer(1, kind.has_cell ? 3 : 2));
  return sample;
}

}  // namespace mote::ops
