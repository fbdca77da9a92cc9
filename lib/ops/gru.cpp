// GRU (ONNX 1..22): X, W [directions, 3 hidden, input], R [directions, 3 hidden, hidden], B [directions, 6 hidden]?,
// sequence_lens s32 [batch]?, initial_h? -> Y?, Y_h?; shapes of X, Y and the states: support/recurrent.hpp. Rows are
// the gates z, r, h. Value: codegen/kernels/gru_f32.hpp.
#include "lib/ops/support/recurrent_reference.hpp"

namespace mote::ops {
namespace {

constexpr std::string_view functions[] = {"f", "g"};
constexpr std::string_view defaults[] = {"Sigmoid", "Tanh"};
constexpr RecurrentKind kind{.gates = 3, .functions = functions, .defaults = defaults};

constexpr AttrSpec gru_attrs[] = {
    activation_alpha_attr, activation_beta_attr,
    activations_attr,      clip_attr,
    direction_attr,        hidden_size_attr,
    layout_attr,           {.name = "linear_before_reset", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

Result<Types> infer(const OpView& op) { return recurrent_types(op, kind); }

template <class T>
void step(const RecurrentDirection<T>& direction, bool linear_before_reset, const T* x, RecurrentStates<T>& states) {
  enum Function : std::size_t { f, g };
  const std::vector<T> before = states.h;
  const std::int64_t hidden = direction.shape.hidden;
  std::vector<T> update, reset, kept;
  for (std::int64_t j = 0; j < hidden; ++j) {
    update.push_back(direction.activated(f, direction.sum(j, x, before)));
    reset.push_back(direction.activated(f, direction.sum(hidden + j, x, before)));
    kept.push_back(reset.back() * before[static_cast<std::size_t>(j)]);
  }
  for (std::int64_t j = 0; j < hidden; ++j) {
    const auto unit = static_cast<std::size_t>(j);
    const std::int64_t row = 2 * hidden + j;
    T sum = direction.sum(row, x, kept);
    if (linear_before_reset)
      sum = direction.add_input(direction.input_bias(row), row, x) +
            reset[unit] * direction.add_state(direction.state_bias(row), row, before);
    states.h[unit] = (T{1} - update[unit]) * direction.activated(g, sum) + update[unit] * before[unit];
  }
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const bool linear_before_reset = op.integer("linear_before_reset") != 0;
  run_recurrent_reference<T>(op, kind, in, out, [&](const auto& direction, const T* x, RecurrentStates<T>& states) {
    step(direction, linear_before_reset, x, states);
  });
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(op, in, out);
  else
    run<float>(op, in, out);
}

std::int64_t macs(const OpView& op) { return recurrent_macs(op, kind); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  const bool resets_sum = op.integer("linear_before_reset") != 0;
  MOTE_TRY(KernelCall call, recurrent_call(op, kind, "gru", resets_sum ? 0 : recurrent_shape(op).hidden));
  call.fields.emplace_back("resets_sum", resets_sum);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample = sample_recurrent(rng, kind);
  sample.attrs["linear_before_reset"] = std::int64_t{rng.chance(2)};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "GRU",
     .summary = "gated recurrent unit",
     .onnx = {.name = "GRU", .domain = "", .since = 1, .until = 22},
     .arity = {.min_in = 3, .max_in = 6, .min_out = 0, .max_out = 2},
     .attrs = gru_attrs,
     .adapt = adapt_recurrent,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> gru_ops();
std::span<const OpDef> gru_ops() { return family; }

}  // namespace mote::ops
