#include "conv_nd.hpp"
#include "matrix_product.hpp"
#include "normalize_f32.hpp"
#include "pool_nd.hpp"
#include "quantized_normalize.hpp"
#include "softmax_f32.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

template <class F>
void with_float(const Call& c, F f) {
  if (c.value(0).type.dtype == DType::f64)
    f.template operator()<double>();
  else
    f.template operator()<float>();
}

void run_conv_nd(const Call& c) {
  with_float(c, [&]<class T>() {
    if (c.call.operands[2])
      conv_nd<T>(Geometry{}, c.input<T>(0), c.input<T>(1), c.input<T>(2), c.output<T>(3));
    else
      conv_nd<T>(Geometry{}, c.input<T>(0), c.input<T>(1), nullptr, c.output<T>(3));
  });
}

void run_average_pool_nd(const Call& c) {
  with_float(c, [&]<class T>() { average_pool_nd<T>(Geometry{}, c.input<T>(0), c.output<T>(1)); });
}

void run_max_pool_nd(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() { max_pool_nd<T>(Geometry{}, c.input<T>(0), c.output<T>(1)); });
}

void run_max_pool_nd_indices(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    max_pool_nd_indices<T>(Geometry{}, c.input<T>(0), c.output<T>(1), c.output<std::int64_t>(2));
  });
}

void run_gemm(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    if (c.call.operands[2])
      gemm<T>(Geometry{}, c.input<T>(0), c.input<T>(1), c.input<T>(2), c.output<T>(3));
    else
      gemm<T>(Geometry{}, c.input<T>(0), c.input<T>(1), nullptr, c.output<T>(3));
  });
}

void run_matmul(const Call& c) {
  visit_dtype(c.value(0).type.dtype,
              [&]<class T>() { matmul<T>(Geometry{}, c.input<T>(0), c.input<T>(1), c.output<T>(2)); });
}

void run_softmax(const Call& c) { softmax_f32(Geometry{}, c.input<float>(0), c.output<float>(1)); }
void run_log_softmax(const Call& c) { log_softmax_f32(Geometry{}, c.input<float>(0), c.output<float>(1)); }

// Scale and bias are left out as literal nullptrs, as in emitted code.
void run_normalize(const Call& c) {
  const auto run = [&](auto scale, auto bias) { normalize_f32(Geometry{}, c.input<float>(0), scale, bias, c.output<float>(3)); };
  const bool has_scale = static_cast<bool>(c.call.operands[1]), has_bias = static_cast<bool>(c.call.operands[2]);
  if (has_scale && has_bias) return run(c.input<float>(1), c.input<float>(2));
  if (has_scale) return run(c.input<float>(1), nullptr);
  if (has_bias) return run(nullptr, c.input<float>(2));
  run(nullptr, nullptr);
}

template <class X, class Y>
void run_quantized_normalize_of(const Call& c) {
  quantized_normalize(Geometry{}, c.input<X>(0), c.input<std::int32_t>(1), c.input<std::int32_t>(2), c.output<Y>(3));
}
template <class X>
void run_quantized_normalize_from(const Call& c) {
  if (c.value(3).type.dtype == DType::s16) return run_quantized_normalize_of<X, std::int16_t>(c);
  run_quantized_normalize_of<X, std::int8_t>(c);
}
void run_quantized_normalize(const Call& c) {
  if (c.value(0).type.dtype == DType::s16) return run_quantized_normalize_from<std::int16_t>(c);
  run_quantized_normalize_from<std::int8_t>(c);
}

}  // namespace

const std::map<std::string, Runner>& numeric_runners() {
  static const std::map<std::string, Runner> all = {{"average_pool_nd", run_average_pool_nd},
                                                    {"conv_nd", run_conv_nd},
                                                    {"gemm", run_gemm},
                                                    {"log_softmax_f32", run_log_softmax},
                                                    {"matmul", run_matmul},
                                                    {"max_pool_nd", run_max_pool_nd},
                                                    {"max_pool_nd_indices", run_max_pool_nd_indices},
                                                    {"normalize_f32", run_normalize},
                                                    {"quantized_normalize", run_quantized_normalize},
                                                    {"softmax_f32", run_softmax}};
  return all;
}

}  // namespace mote::test
