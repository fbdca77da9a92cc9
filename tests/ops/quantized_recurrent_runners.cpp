#include "quantized_gru.hpp"
#include "quantized_lstm.hpp"
#include "quantized_rnn.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/optional_operand.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

template <class F>
void with_type(const Call& c, std::size_t operand, F f) {
  if (c.value(operand).type.dtype == DType::s16)
    f.template operator()<std::int16_t>();
  else
    f.template operator()<std::int8_t>();
}

OptionalOperand<std::int16_t> state(const Call& c, std::size_t operand) { return {c.input<std::int16_t>(operand), 0}; }

// Calls f<Y>(geometry, the operands that all of these kernels begin with); y is operand `output`.
template <class F>
void with_operands(const Call& c, std::size_t output, F f) {
  with_type(c, 0, [&]<class X>() {
    with_type(c, output, [&]<class Y>() {
      f(c.output<Y>(output), Geometry{}, c.input<X>(0), c.input<std::int8_t>(1), c.input<std::int8_t>(2),
        c.input<std::int32_t>(3), c.input<std::int32_t>(4), c.input<std::int32_t>(5), c.input<std::int16_t>(6));
    });
  });
}

void run_rnn(const Call& c) {
  auto scratch = scratch_of(c);
  with_operands(c, 8, [&](auto* y, auto... operands) {
    if (c.call.kernel == "quantized_rnn")
      quantized_rnn(operands..., state(c, 7), y, c.output<std::int16_t>(9), bytes_of(scratch));
    else
      quantized_rnn_bidirectional(operands..., state(c, 7), y, c.output<std::int16_t>(9), bytes_of(scratch));
  });
}

void run_gru(const Call& c) {
  auto scratch = scratch_of(c);
  const auto* g = c.input<std::int16_t>(7);
  with_operands(c, 9, [&](auto* y, auto... operands) {
    if (c.call.kernel == "quantized_gru")
      quantized_gru(operands..., g, state(c, 8), y, c.output<std::int16_t>(10), bytes_of(scratch));
    else
      quantized_gru_bidirectional(operands..., g, state(c, 8), y, c.output<std::int16_t>(10), bytes_of(scratch));
  });
}

void run_lstm(const Call& c) {
  auto scratch = scratch_of(c);
  const auto *g = c.input<std::int16_t>(7), *h = c.input<std::int16_t>(8);
  auto *y_h = c.output<std::int16_t>(12), *y_c = c.output<std::int16_t>(13);
  with_operands(c, 11, [&](auto* y, auto... operands) {
    if (c.call.kernel == "quantized_lstm")
      quantized_lstm(operands..., g, h, state(c, 9), state(c, 10), y, y_h, y_c, bytes_of(scratch));
    else
      quantized_lstm_bidirectional(operands..., g, h, state(c, 9), state(c, 10), y, y_h, y_c, bytes_of(scratch));
  });
}

}  // namespace

const std::map<std::string, Runner>& quantized_recurrent_runners() {
  static const std::map<std::string, Runner> all = {
      {"quantized_gru", run_gru},   {"quantized_gru_bidirectional", run_gru},
      {"quantized_lstm", run_lstm}, {"quantized_lstm_bidirectional", run_lstm},
      {"quantized_rnn", run_rnn},   {"quantized_rnn_bidirectional", run_rnn}};
  return all;
}

}  // namespace mote::test
