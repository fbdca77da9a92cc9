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

// The operands of a call in its order, each an input or an output of the node.
struct Call {
  const KernelCall& call;
  const Graph& graph;
  const std::vector<Tensor>& inputs;
  std::vector<Tensor>& outputs;

  [[nodiscard]] const Value& value(std::size_t i) const { return graph.at(call.operands[i]); }
  template <class T>
  [[nodiscard]] const T* input(std::size_t i) const {
    const Node& node = graph.nodes.front();
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      if (node.inputs[k] == call.operands[i]) return inputs[k].as<T>().data();
    return nullptr;
  }
  template <class T>
  [[nodiscard]] T* output(std::size_t i) const {
    const Node& node = graph.nodes.front();
    for (std::size_t k = 0; k < node.outputs.size(); ++k)
      if (node.outputs[k] == call.operands[i]) return outputs[k].as<T>().data();
    return nullptr;
  }
};

using Runner = std::function<void(const Call&)>;

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
  const auto runner = runners().find(call.kernel);
  if (runner == runners().end()) return false;
  if (!bind_fields(call.fields)) FAIL("kernel " << call.kernel << " has a field that tests cannot bind");
  runner->second({call, graph, operands, outputs});
  return true;
}

}  // namespace mote::test
