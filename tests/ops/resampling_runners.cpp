#include "quantized_resample2d.hpp"
#include "resample2d_f32.hpp"
#include "select2d.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

void run_select(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    select2d(Geometry{}, c.input<T>(0), c.input<std::int32_t>(1), c.input<std::int32_t>(2), c.output<T>(3));
  });
}

void run_resample(const Call& c) {
  resample2d_f32(Geometry{}, c.input<float>(0), c.input<std::int32_t>(1), c.input<float>(2), c.input<std::int32_t>(3),
                 c.input<float>(4), c.output<float>(5));
}

template <class X>
void run_quantized(const Call& c) {
  quantized_resample2d(Geometry{}, c.input<X>(0), c.input<std::int32_t>(1), c.input<std::int16_t>(2),
                       c.input<std::int32_t>(3), c.input<std::int16_t>(4), c.output<X>(5));
}
void run_quantized_resample(const Call& c) {
  if (c.value(0).type.dtype == DType::s16)
    run_quantized<std::int16_t>(c);
  else
    run_quantized<std::int8_t>(c);
}

}  // namespace

const std::map<std::string, Runner>& resampling_runners() {
  static const std::map<std::string, Runner> all = {{"quantized_resample2d", run_quantized_resample},
                                                    {"resample2d_f32", run_resample},
                                                    {"select2d", run_select}};
  return all;
}

}  // namespace mote::test
