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

}  // namespace

bool run_kernel(const KernelCall& call, const Graph& graph, const std::vector<Tensor>& operands,
                std::vector<Tensor>& outputs) {
  const auto shape_runner = runners().find(call.kernel);
  const auto numeric_runner = numeric_runners().find(call.kernel);
  if (shape_runner == runners().end() && numeric_runner == numeric_runners().end()) return false;
  if (!bind_fields(call.fields)) FAIL("kernel " << call.kernel << " has a field that tests cannot bind");
  (shape_runner != runners().end() ? shape_runner : numeric_runner)->second({call, graph, operands, outputs});
  return true;
}

}  // namespace mote::test
