#pragma once
#include <span>
#include <vector>

#include "lib/ops/op_def.hpp"

// What RNN, GRU and LSTM share: operands (X, W, R, B?, sequence_lens?, initial_h?, then those of the operator), results
// (Y?, Y_h?, then those of the operator), attributes, type rule, sampler and the fields of their kernels.
namespace mote::ops {

enum RecurrentOperand : std::size_t { x_of, w_of, r_of, b_of, lengths_of, initial_h_of, initial_c_of, peephole_of };

// How the operators differ.
struct RecurrentKind {
  std::int64_t gates = 1;                         // blocks of hidden_size rows in W, R and each half of B
  std::span<const std::string_view> functions{};  // the fields of a direction's activations, in ONNX's order
  std::span<const std::string_view> defaults{};   // their ONNX names
  bool has_cell = false;                          // initial_c, P, Y_c
};

struct RecurrentShape {
  std::int64_t steps = 0, batch = 0, input = 0, hidden = 0, directions = 1;
  bool backward = false;     // the first direction
  bool batch_first = false;  // layout 1

  // Elements between neighbours of X [steps][batch][input], Y [steps][directions][batch][hidden] and the states
  // [directions][batch][hidden], or with the batch in front.
  [[nodiscard]] std::int64_t x_step() const { return batch_first ? input : batch * input; }
  [[nodiscard]] std::int64_t x_batch_step() const { return batch_first ? steps * input : input; }
  [[nodiscard]] std::int64_t y_step() const { return directions * hidden * (batch_first ? 1 : batch); }
  [[nodiscard]] std::int64_t y_batch_step() const { return hidden * (batch_first ? steps * directions : 1); }
  [[nodiscard]] std::int64_t direction_step() const { return hidden * (batch_first ? 1 : batch); }
  [[nodiscard]] std::int64_t state_batch_step() const { return hidden * (batch_first ? directions : 1); }
  [[nodiscard]] std::vector<std::int64_t> y_extents() const;
  [[nodiscard]] std::vector<std::int64_t> state_extents() const;
};

// Of a node that recurrent_types accepts.
[[nodiscard]] RecurrentShape recurrent_shape(const OpView& op);

// An activation; `kind` as RecurrentFunctionKind of codegen/kernels/recurrent_functions.hpp.
struct RecurrentActivation {
  std::int32_t kind = 0;
  float alpha = 0.0F, beta = 0.0F;
};
// One per function of every direction. Errors: a name that ONNX does not know here, too few names.
[[nodiscard]] Result<std::vector<RecurrentActivation>> recurrent_activations(const OpView& op,
                                                                             const RecurrentKind& kind);
[[nodiscard]] float activate(const RecurrentActivation& activation, float x);
[[nodiscard]] double activate(const RecurrentActivation& activation, double x);

[[nodiscard]] Result<Types> recurrent_types(const OpView& op, const RecurrentKind& kind);
[[nodiscard]] std::int64_t recurrent_macs(const OpView& op, const RecurrentKind& kind);

// The fields that the kernels of floats and of integers have: extents, steps, direction.
void append_recurrent_fields(const RecurrentShape& shape, KernelCall& call);

// The kernel call with the fields that all have; `scratch`: elements besides the states that are no results.
[[nodiscard]] Result<KernelCall> recurrent_call(const OpView& op, const RecurrentKind& kind, std::string kernel,
                                                std::int64_t scratch);

[[nodiscard]] Sample sample_recurrent(Rng& rng, const RecurrentKind& kind);

// Opset 1 said whether Y is wanted; now its presence does.
void adapt_recurrent(std::int64_t opset, Attrs& attrs);

inline constexpr AttrSpec activation_alpha_attr{.name = "activation_alpha", .kind = AttrKind::reals};
inline constexpr AttrSpec activation_beta_attr{.name = "activation_beta", .kind = AttrKind::reals};
inline constexpr AttrSpec activations_attr{.name = "activations", .kind = AttrKind::text};
inline constexpr AttrSpec clip_attr{.name = "clip", .kind = AttrKind::real, .lowest = 0.0};
inline constexpr AttrSpec direction_attr{
    .name = "direction", .kind = AttrKind::text, .fallback = std::string_view("forward")};
inline constexpr AttrSpec hidden_size_attr{.name = "hidden_size", .lowest = 1};
inline constexpr AttrSpec layout_attr{.name = "layout", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};

}  // namespace mote::ops
