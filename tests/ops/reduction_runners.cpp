#include "arg_reduce.hpp"
#include "batch_normalization_f32.hpp"
#include "quantize_linear.hpp"
#include "reduce.hpp"
#include "reduce_f64.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

// A kernel of one input and one output, whose element type follows the input.
template <class Kernel>
Runner of_any_type(Kernel kernel) {
  return [kernel](const Call& c) {
    visit_dtype(c.value(0).type.dtype, [&]<class T>() { kernel.template operator()<T>(c); });
  };
}

#define MOTE_REDUCTION(name) \
  {#name, of_any_type([]<class T>(const Call& c) { name(Geometry{}, c.input<T>(0), c.output<T>(1)); })}
#define MOTE_REDUCTION_F32(name) \
  {#name, [](const Call& c) { name(Geometry{}, c.input<float>(0), c.output<float>(1)); }}
#define MOTE_REDUCTION_F64(name) \
  {#name, [](const Call& c) { name(Geometry{}, c.input<double>(0), c.output<double>(1)); }}
#define MOTE_ARG_REDUCTION(name) \
  {#name, of_any_type([]<class T>(const Call& c) { name(Geometry{}, c.input<T>(0), c.output<std::int64_t>(1)); })}

// The zero point is left out as a literal nullptr, as in emitted code.
template <class Quantized, class X, class Y>
void with_zero_point(const Call& c, auto kernel) {
  if (c.call.operands[2])
    kernel(c.input<X>(0), c.input<float>(1), c.input<Quantized>(2), c.output<Y>(3));
  else
    kernel(c.input<X>(0), c.input<float>(1), nullptr, c.output<Y>(3));
}

template <class F>
void with_short_integer(DType dtype, F f) {
  switch (dtype) {
    case DType::s8: return f.template operator()<std::int8_t>();
    case DType::s16: return f.template operator()<std::int16_t>();
    case DType::u16: return f.template operator()<std::uint16_t>();
    default: return f.template operator()<std::uint8_t>();
  }
}

void run_quantize_linear(const Call& c) {
  with_short_integer(c.value(3).type.dtype, [&]<class T>() {
    const auto kernel = [](auto x, auto scale, auto zero, auto y) { quantize_linear<T>(Geometry{}, x, scale, zero, y); };
    if (c.value(0).type.dtype == DType::s32)
      with_zero_point<T, std::int32_t, T>(c, kernel);
    else
      with_zero_point<T, float, T>(c, kernel);
  });
}

void run_dequantize_linear(const Call& c) {
  const auto run = [&]<class T>() {
    with_zero_point<T, T, float>(
        c, [](auto x, auto scale, auto zero, auto y) { dequantize_linear<T>(Geometry{}, x, scale, zero, y); });
  };
  if (c.value(0).type.dtype == DType::s32) return run.template operator()<std::int32_t>();
  with_short_integer(c.value(0).type.dtype, run);
}

void run_batch_normalization(const Call& c) {
  batch_normalization_f32(Geometry{}, c.input<float>(0), c.input<float>(1), c.input<float>(2), c.input<float>(3),
                          c.input<float>(4), c.output<float>(5));
}

void run_batch_normalization_training(const Call& c) {
  batch_normalization_training_f32(Geometry{}, c.input<float>(0), c.input<float>(1), c.input<float>(2),
                                   c.input<float>(3), c.input<float>(4), c.output<float>(5), c.output<float>(6),
                                   c.output<float>(7));
}

}  // namespace

const std::map<std::string, Runner>& reduction_runners() {
  static const std::map<std::string, Runner> all = {MOTE_ARG_REDUCTION(arg_max),
                                                    MOTE_ARG_REDUCTION(arg_min),
                                                    {"batch_normalization_f32", run_batch_normalization},
                                                    {"batch_normalization_training_f32", run_batch_normalization_training},
                                                    {"dequantize_linear", run_dequantize_linear},
                                                    {"quantize_linear", run_quantize_linear},
                                                    MOTE_REDUCTION(reduce_l1),
                                                    MOTE_REDUCTION_F32(reduce_l2_f32),
                                                    MOTE_REDUCTION_F64(reduce_l2_f64),
                                                    MOTE_REDUCTION_F32(reduce_log_sum_exp_f32),
                                                    MOTE_REDUCTION_F64(reduce_log_sum_exp_f64),
                                                    MOTE_REDUCTION_F32(reduce_log_sum_f32),
                                                    MOTE_REDUCTION_F64(reduce_log_sum_f64),
                                                    MOTE_REDUCTION(reduce_max),
                                                    MOTE_REDUCTION(reduce_mean),
                                                    MOTE_REDUCTION(reduce_min),
                                                    MOTE_REDUCTION(reduce_prod),
                                                    MOTE_REDUCTION(reduce_sum),
                                                    MOTE_REDUCTION(reduce_sum_square)};
  return all;
}

}  // namespace mote::test
