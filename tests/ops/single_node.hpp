#pragma once
#include <string_view>
#include <vector>

#include "lib/ops/evaluate.hpp"
#include "lib/ops/op_def.hpp"

namespace mote::test {

// A tensor from a list: tensor<float>(DType::f32, {2, 2}, {1, 2, 3, 4}).
template <class T>
Tensor tensor(DType dtype, std::vector<std::int64_t> extents, const std::vector<T>& elements) {
  Tensor result = Tensor::zeros(dtype, *Shape::make(std::move(extents)));
  MOTE_CHECK(result.as<T>().size() == elements.size());
  std::copy(elements.begin(), elements.end(), result.as<T>().begin());
  return result;
}
Tensor floats(std::vector<std::int64_t> extents, const std::vector<float>& elements);
Tensor integers(std::vector<std::int64_t> extents, const std::vector<std::int64_t>& elements);  // s64
Tensor booleans(std::vector<std::int64_t> extents, const std::vector<std::uint8_t>& elements);
// 0, 1, 2, … as f32.
Tensor counting(std::vector<std::int64_t> extents);

template <class T>
std::vector<T> elements(const Tensor& tensor) {
  return {tensor.as<T>().begin(), tensor.as<T>().end()};
}
std::vector<std::int64_t> extents(const Tensor& tensor);

// A graph of one node, its operands as graph inputs or constants, its outputs typed by the operator's own rule.
Result<Graph> single_node(const OpDef& op, const Sample& sample);
// One random instance and operands for it.
struct Instance {
  Graph graph{};
  std::vector<Tensor> operands{};  // one per node input; empty where left out
};
Instance draw(const OpDef& op, Rng& rng);
Instance instance_of(const OpDef& op, const Sample& sample, Rng& rng);

std::vector<Tensor> evaluate(const Graph& graph, const std::vector<Tensor>& operands,
                             Precision precision = Precision::single);

// Runs an operator on tensors as a model would: attributes completed, types inferred. All operands are activations
// unless their index is in `constants`.
Result<std::vector<Tensor>> run(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands,
                                std::size_t outputs = 1, const std::vector<std::size_t>& constants = {});
// The only output of an operator that is expected to accept its operands.
Tensor run_one(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands,
               const std::vector<std::size_t>& constants = {});
// The code with which an operator rejects its operands; fails the test when it accepts them.
Code rejection(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands, std::size_t outputs = 1,
               const std::vector<std::size_t>& constants = {});

}  // namespace mote::test
