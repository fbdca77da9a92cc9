#pragma once
#include <cstdint>
#include <string>

#include "lib/ir/graph.hpp"
#include "lib/support/result.hpp"

namespace mote {

struct ExportedModel {
  std::string bytes{};      // an ONNX file
  std::int64_t opset = 0;   // of the default domain, the only one used
  std::size_t quantized_values = 0;
};

// Writes a float graph at Stage::fused as ONNX, quantized values (FakeQuantize) in the standard QDQ form:
//   activations  QuantizeLinear, DequantizeLinear with one scale; a Clip in front where the grid holds fewer levels than
//                its type and something could lie below
//   products     weights as s8 with one scale per output channel, bias as s32 with the product of the scales, both
//                behind a DequantizeLinear: the levels that mote computes with (lib/quant/product.hpp)
//   the rest     operators of ONNX with channels first; what was fused is written out again, Transposes only where a
//                value is needed in both layouts
// Operator set 13, or a later one where the graph needs it (16-bit levels: 21). Inputs, outputs and values keep names,
// types and layout. Reading the file and compiling it gives the integers that compiling the graph would give.
// Errors: Code::unsupported_op, Code::unsupported_form for operators that ONNX's default domain does not have.
[[nodiscard]] Result<ExportedModel> export_onnx(const Graph& graph);

}  // namespace mote
