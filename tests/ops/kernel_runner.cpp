#include "tests/ops/kernel_runner.hpp"

#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include "copy.hpp"
#include "strided_copy.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;

void run_copy(const Call& c) {
  visit_dtype(c.value(0).type.dtype,
              [&]<class T>() { copy_bytes(RuntimeGeometry<1>{}, c.input<T>(0), c.output<T>(1)); });
}

void run_strided_copy(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    with_rank(c.call, [&](auto geometry) { strided_copy(geometry, c.input<T>(0), c.output<T>(1)); });
  });
}

const std::map<std::string, Runner>& runners() {
  static const std::map<std::string, Runner> all = {{"copy_bytes", run_copy}, {"strided_copy", run_strided_copy}};
  return all;
}

const Runner* runner_of(const std::string& kernel) {
  for (const auto* map : {&runners(), &numeric_runners(), &reduction_runners(), &elementwise_runners(),
                          &broadcast_runners(), &recurrent_runners(), &quantized_recurrent_runners(),
                          &resampling_runners(), &integer_runners(), &tree_runners(), &distance_runners()})
    if (const auto found = map->find(kernel); found != map->end()) return &found->second;
  return nullptr;
}

}  // namespace

bool run_kernel(const KernelCall& call, const Graph& graph, const std::vector<Tensor>& operands,
                std::vector<Tensor>& outputs) {
  const Runner* runner = runner_of(call.kernel);
  if (runner == nullptr) return false;
  if (!bind_fields(call.fields)) FAIL("kernel " << call.kernel << " has a field that tests cannot bind");
  (*runner)({call, graph, operands, outputs});
  return true;
}

}  // namespace mote::test
