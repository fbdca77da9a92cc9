#include "pairwise_coupling.hpp"
#include "quantized_radial_kernel.hpp"
#include "radial_kernel.hpp"
#include "scale_features.hpp"
#include "squared_distance.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"
#include "top_k.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

void run_squared_distance(const Call& c) {
  if (c.value(0).type.dtype == DType::f64)
    squared_distance(Geometry{}, c.input<double>(0), c.input<double>(1), c.output<double>(2));
  else
    squared_distance(Geometry{}, c.input<float>(0), c.input<float>(1), c.output<float>(2));
}

void run_pairwise_coupling(const Call& c) {
  std::vector<float> scratch(static_cast<std::size_t>(c.call.scratch_bytes) / sizeof(float));
  pairwise_coupling(Geometry{}, c.input<float>(0), c.output<float>(1),
                    static_cast<std::uint8_t*>(static_cast<void*>(scratch.data())));
}

void run_radial_kernel(const Call& c) {
  radial_kernel(Geometry{}, c.input<float>(0), c.input<float>(1), c.output<float>(2));
}

template <class X, class P>
void run_quantized_radial_kernel_of(const Call& c) {
  quantized_radial_kernel(Geometry{}, c.input<X>(0), c.input<P>(1), c.input<std::int32_t>(2), c.output<std::int16_t>(3));
}
void run_quantized_radial_kernel(const Call& c) {
  if (c.value(0).type.dtype == DType::s16) return run_quantized_radial_kernel_of<std::int16_t, std::int16_t>(c);
  run_quantized_radial_kernel_of<std::int8_t, std::int8_t>(c);
}

void run_scale_features(const Call& c) {
  scale_features(Geometry{}, c.input<float>(0), c.input<float>(1), c.input<float>(2), c.output<float>(3));
}

void run_top_k(const Call& c) {
  std::vector<std::int32_t> scratch(static_cast<std::size_t>(c.call.scratch_bytes) / sizeof(std::int32_t));
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    top_k(Geometry{}, c.input<T>(0), c.output<T>(1), c.output<std::int64_t>(2),
          static_cast<std::uint8_t*>(static_cast<void*>(scratch.data())));
  });
}

}  // namespace

const std::map<std::string, Runner>& distance_runners() {
  static const std::map<std::string, Runner> all = {{"pairwise_coupling", run_pairwise_coupling},
                                                    {"quantized_radial_kernel", run_quantized_radial_kernel},
                                                    {"radial_kernel", run_radial_kernel},
                                                    {"scale_features", run_scale_features},
                                                    {"squared_distance", run_squared_distance},
                                                    {"top_k", run_top_k}};
  return all;
}

}  // namespace mote::test
