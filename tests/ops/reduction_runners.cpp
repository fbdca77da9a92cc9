#include "arg_reduce.hpp"
#include "reduce.hpp"
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
#define MOTE_ARG_REDUCTION(name) \
  {#name, of_any_type([]<class T>(const Call& c) { name(Geometry{}, c.input<T>(0), c.output<std::int64_t>(1)); })}

}  // namespace

const std::map<std::string, Runner>& reduction_runners() {
  static const std::map<std::string, Runner> all = {MOTE_ARG_REDUCTION(arg_max),
                                                    MOTE_ARG_REDUCTION(arg_min),
                                                    MOTE_REDUCTION(reduce_l1),
                                                    MOTE_REDUCTION_F32(reduce_l2_f32),
                                                    MOTE_REDUCTION_F32(reduce_log_sum_exp_f32),
                                                    MOTE_REDUCTION_F32(reduce_log_sum_f32),
                                                    MOTE_REDUCTION(reduce_max),
                                                    MOTE_REDUCTION(reduce_mean),
                                                    MOTE_REDUCTION(reduce_min),
                                                    MOTE_REDUCTION(reduce_prod),
                                                    MOTE_REDUCTION(reduce_sum),
                                                    MOTE_REDUCTION(reduce_sum_square)};
  return all;
}

}  // namespace mote::test
