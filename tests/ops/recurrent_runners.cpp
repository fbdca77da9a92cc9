#include "gru_f32.hpp"
#include "lstm_f32.hpp"
#include "rnn_f32.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/optional_operand.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

OptionalOperand<float> real(const Call& c, std::size_t operand) { return {c.input<float>(operand), 0.0F}; }
OptionalOperand<std::int32_t> lengths(const Call& c) { return {c.input<std::int32_t>(4), Geometry::steps}; }

// Calls f(geometry, the operands that all recurrent kernels begin with).
template <class F>
void with_operands(const Call& c, F f) {
  f(Geometry{}, c.input<float>(0), c.input<float>(1), c.input<float>(2), real(c, 3), lengths(c), real(c, 5));
}

void run_rnn(const Call& c) {
  auto scratch = scratch_of(c);
  with_operands(c, [&](auto... operands) {
    if (c.call.kernel == "rnn_f32")
      rnn_f32(operands..., c.output<float>(6), c.output<float>(7), bytes_of(scratch));
    else
      rnn_bidirectional_f32(operands..., c.output<float>(6), c.output<float>(7), bytes_of(scratch));
  });
}

void run_gru(const Call& c) {
  auto scratch = scratch_of(c);
  with_operands(c, [&](auto... operands) {
    if (c.call.kernel == "gru_f32")
      gru_f32(operands..., c.output<float>(6), c.output<float>(7), bytes_of(scratch));
    else
      gru_bidirectional_f32(operands..., c.output<float>(6), c.output<float>(7), bytes_of(scratch));
  });
}

void run_lstm(const Call& c) {
  auto scratch = scratch_of(c);
  with_operands(c, [&](auto... operands) {
    if (c.call.kernel == "lstm_f32")
      lstm_f32(operands..., real(c, 6), real(c, 7), c.output<float>(8), c.output<float>(9), c.output<float>(10),
               bytes_of(scratch));
    else
      lstm_bidirectional_f32(operands..., real(c, 6), real(c, 7), c.output<float>(8), c.output<float>(9),
                             c.output<float>(10), bytes_of(scratch));
  });
}

}  // namespace

const std::map<std::string, Runner>& recurrent_runners() {
  static const std::map<std::string, Runner> all = {{"gru_bidirectional_f32", run_gru},
                                                    {"gru_f32", run_gru},
                                                    {"lstm_bidirectional_f32", run_lstm},
                                                    {"lstm_f32", run_lstm},
                                                    {"rnn_f32", run_rnn},
                                                    {"rnn_bidirectional_f32", run_rnn}};
  return all;
}

}  // namespace mote::test
