#include "conv_nd.hpp"
#include "matrix_product.hpp"
#include "pool_nd.hpp"
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

}  // namespace

const std::map<std::string, Runner>& numeric_runners() {
  static const std::map<std::string, Runner> all = {{"average_pool_nd", run_average_pool_nd},
                                                    {"conv_nd", run_conv_nd},
                                                    {"gemm", run_gemm},
                                                    {"log_softmax_f32", run_log_softmax},
                                                    {"matmul", run_matmul},
                                                    {"max_pool_nd", run_max_pool_nd},
                                                    {"max_pool_nd_indices", run_max_pool_nd_indices},
                                                    {"softmax_f32", run_softmax}};
  return all;
}

}  // namespace mote::test
