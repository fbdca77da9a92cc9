#include "pairwise_coupling.hpp"
#include "squared_distance.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"

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

}  // namespace

const std::map<std::string, Runner>& distance_runners() {
  static const std::map<std::string, Runner> all = {{"pairwise_coupling", run_pairwise_coupling},
                                                    {"squared_distance", run_squared_distance}};
  return all;
}

}  // namespace mote::test
