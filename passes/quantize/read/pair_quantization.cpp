// pair-quantization: DequantizeLinear(QuantizeLinear(x)) with one scale becomes FakeQuantize(x), the form in which the
// later passes carry a quantized value through layouts and fusions.
#include "passes/quantize/quantize.hpp"
#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

std::optional<Grid> grid_of_pair(const Rewriter& rewriter, const Node& dequantize, const Node& quantize) {
  const DType type = rewriter.type(quantize.outputs[0]).dtype;
  const auto from = grid_of_quantization(rewriter.graph(), quantize, type);
  const auto to = grid_of_quantization(rewriter.graph(), dequantize, type);
  const bool is_real = rewriter.type(quantize.inputs[0]).dtype == DType::f32;
  return from && from == to && is_real ? from : std::nullopt;
}

}  // namespace

Result<Graph> pair_quantization(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const Node* quantize =
        node->op->name == "DequantizeLinear" ? rewriter.producer(node->inputs[0], "QuantizeLinear") : nullptr;
    const auto grid = quantize != nullptr ? grid_of_pair(rewriter, *node, *quantize) : std::nullopt;
    if (grid)
      rewriter.emit("FakeQuantize", {quantize->inputs[0]}, attrs_of(*grid), node->outputs[0]);
    else
      rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
