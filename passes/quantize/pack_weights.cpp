#include "passes/quantize/pack_weights.hpp"

#include <array>
#include <map>
#include <string_view>

#include "lib/ops/support/half_bytes.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// Taking halves out of bytes is some ten instructions more in a layer's kernel.
constexpr std::int64_t least_saving = 64;
constexpr std::array<std::string_view, 3> products{"QuantizedConv2d", "QuantizedDepthwiseConv2d", "QuantizedDense"};

bool is_worth_packing(const OpView& product) {
  return product.in(1).shape.elements() / 2 >= least_saving && ops::fits_half_bytes(product);
}

}  // namespace

Result<Graph> pack_weights(Graph graph, const PassContext&) {
  std::map<ValueId, ValueId> packed;  // by weights, which products may share
  for (Node& node : graph.nodes) {
    if (!is_one_of(node.op->name, products) || !is_worth_packing({graph, node})) continue;
    const ValueId weights = node.inputs[1];
    if (!packed.contains(weights)) {
      const Tensor bytes = ops::half_bytes_of(graph.constant(weights));
      packed[weights] = graph.add_constant(graph.at(weights).name + "_packed", {.dtype = bytes.dtype, .shape = bytes.shape},
                                           std::make_shared<const Bytes>(bytes.bytes));
    }
    node.inputs.resize(ops::packed_operand + 1);
    node.inputs[ops::packed_operand] = packed[weights];
  }
  return graph;
}

}  // namespace mote
