// LSTM (ONNX 1..22): X, W [directions, 4 hidden, input], R [directions, 4 hidden, hidden], B [directions, 8 hidden]?,
// sequence_lens s32 [batch]?, initial_h?, initial_c?, P [directions, 3 hidden]? -> Y?, Y_h?, Y_c?; shapes of X, Y and
// the states: support/recurrent.hpp. Rows are the gates i, o, f, c; peepholes belong to i, o, f. Value:
// codegen/kernels/lstm_f32.hpp. `clip` limits what enters f and g, as ONNX Runtime reads it, not what enters h.
// Not of ONNX, but of calibration: a fourth result, the cells behind every step, shaped like Y, which only the
// interpreter gives; and cell_bits, the binary places that integers keep of them.
#include "lib/ops/support/recurrent_reference.hpp"

namespace mote::ops {
namespace {

constexpr std::string_view functions[] = {"f", "g", "h"};
constexpr std::string_view defaults[] = {"Sigmoid", "Tanh", "Tanh"};
constexpr RecurrentKind kind{.gates = 4, .functions = functions, .defaults = defaults, .has_cell = true};

constexpr AttrSpec lstm_attrs[] = {activation_alpha_attr,
                                   activation_beta_attr,
                                   activations_attr,
                                   {.name = "cell_bits", .lowest = 0, .highest = 15},
                                   clip_attr,
                                   direction_attr,
                                   hidden_size_attr,
                                   {.name = "input_forget", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
                                   layout_attr};

Result<Types> infer(const OpView& op) { return recurrent_types(op, kind); }

template <class T>
void step(const RecurrentDirection<T>& direction, bool couples, const T* x, RecurrentStates<T>& states) {
  enum Gate : std::int64_t { i_gate, o_gate, f_gate, c_gate };
  enum Function : std::size_t { f, g, h };
  const std::vector<T> before = states.h;
  const std::int64_t hidden = direction.shape.hidden;
  const auto share = [&](Gate gate, std::int64_t j, T cell) {
    T sum = direction.sum(gate * hidden + j, x, before);
    if (direction.has(peephole_of)) sum += direction.peephole(gate * hidden + j) * cell;
    return direction.activated(f, sum);
  };
  for (std::int64_t j = 0; j < hidden; ++j) {
    T& cell = states.c[static_cast<std::size_t>(j)];
    const T input = share(i_gate, j, cell);
    const T keep = couples ? T{1} - input : share(f_gate, j, cell);
    const T candidate = direction.activated(g, direction.sum(c_gate * hidden + j, x, before));
    cell = keep * cell + input * candidate;
    states.h[static_cast<std::size_t>(j)] = share(o_gate, j, cell) * direction.unlimited(h, cell);
  }
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const bool couples = op.integer("input_forget") != 0;
  run_recurrent_reference<T>(op, kind, in, out, [&](const auto& direction, const T* x, RecurrentStates<T>& states) {
    step(direction, couples, x, states);
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
  if (op.has_out(3))
    return at(op, Code::unsupported_form, "output 3 is used, ONNX knows three", {"export Y, Y_h and Y_c only"});
  MOTE_TRY(KernelCall call, recurrent_call(op, kind, "lstm", 0));
  call.fields.emplace_back("couples", op.integer("input_forget") != 0);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample = sample_recurrent(rng, kind);
  sample.attrs["input_forget"] = std::int64_t{rng.chance(4)};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "LSTM",
     .summary = "long short-term memory",
     .onnx = {.name = "LSTM", .domain = "", .since = 1, .until = 22},
     .arity = {.min_in = 3, .max_in = 8, .min_out = 0, .max_out = 4},
     .attrs = lstm_attrs,
     .adapt = adapt_recurrent,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> lstm_ops();
std::span<const OpDef> lstm_ops() { return family; }

}  // namespace mote::ops
