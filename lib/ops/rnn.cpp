// RNN (ONNX 1..22): X, W [directions, hidden, input], R [directions, hidden, hidden], B [directions, 2 hidden]?,
// sequence_lens s32 [batch]?, initial_h? -> Y?, Y_h?; shapes of X, Y and the states: support/recurrent.hpp. Value:
// codegen/kernels/rnn_f32.hpp.
#include "lib/ops/support/recurrent_reference.hpp"

namespace mote::ops {
namespace {

constexpr std::string_view functions[] = {"f"};
constexpr std::string_view defaults[] = {"Tanh"};
constexpr RecurrentKind kind{.gates = 1, .functions = functions, .defaults = defaults};

constexpr AttrSpec rnn_attrs[] = {activation_alpha_attr, activation_beta_attr, activations_attr, clip_attr,
                                  direction_attr,        hidden_size_attr,     layout_attr};

Result<Types> infer(const OpView& op) { return recurrent_types(op, kind); }

template <class T>
void step(const RecurrentDirection<T>& direction, const T* x, RecurrentStates<T>& states) {
  const std::vector<T> before = states.h;
  for (std::int64_t j = 0; j < direction.shape.hidden; ++j)
    states.h[static_cast<std::size_t>(j)] = direction.activated(0, direction.sum(j, x, before));
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  run_recurrent_reference<T>(op, kind, in, out, [](const auto& direction, const T* x, RecurrentStates<T>& states) {
    step(direction, x, states);
  });
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(op, in, out);
  else
    run<float>(op, in, out);
}

std::int64_t macs(const OpView& op) { return recurrent_macs(op, kind); }

Result<KernelCall> lower(const OpView& op, const Target&) { return recurrent_call(op, kind, "rnn", 0); }

Sample sample(Rng& rng) { return sample_recurrent(rng, kind); }

constexpr OpDef family[] = {
    {.name = "RNN",
     .summary = "plain recurrent layer",
     .onnx = {.name = "RNN", .domain = "", .since = 1, .until = 22},
     .arity = {.min_in = 3, .max_in = 6, .min_out = 0, .max_out = 2},
     .attrs = rnn_attrs,
     .adapt = adapt_recurrent,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> rnn_ops();
std::span<const OpDef> rnn_ops() { return family; }

}  // namespace mote::ops
