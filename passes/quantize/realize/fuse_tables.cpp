// fuse-tables: a Lookup that alone reads an integer product or sum becomes its table, applied where the result is
// stored: one pass over the tensor less, and levels that never reach memory.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "passes/quantize/quantize.hpp"
#include "passes/rewriter.hpp"

namespace mote {
namespace {

struct Form {
  std::string_view op;
  std::size_t table;  // its place among the operands
};
constexpr std::array forms{Form{"QuantizedConv2d", 5}, Form{"QuantizedDepthwiseConv2d", 5}, Form{"QuantizedDense", 5},
                           Form{"QuantizedAdd", 2}, Form{"QuantizedMul", 2}};

bool may_be_table(DType dtype) { return dtype == DType::s8 || dtype == DType::s16; }

// The producer of the Lookup's levels with the table as its last operand.
std::optional<Node> with_table(const Rewriter& rewriter, const Node& lookup) {
  const ValueId levels = lookup.inputs[0];
  const Node* producer = rewriter.producer(levels);
  if (producer == nullptr || !rewriter.only_read_here(levels) || rewriter.type(levels).dtype != DType::s8)
    return std::nullopt;
  const auto form = std::ranges::find(forms, producer->op->name, &Form::op);
  const bool has_room =
      form != forms.end() && (producer->inputs.size() <= form->table || !producer->inputs[form->table]);
  if (!has_room || !may_be_table(rewriter.type(lookup.inputs[1]).dtype)) return std::nullopt;
  Node fused = *producer;
  fused.inputs.resize(form->table + 1);
  return fused;
}

// The table is a new constant: only of this product do its indices mean what the product's levels meant.
void fuse(Rewriter& rewriter, const Node& lookup, Node product) {
  const auto meaning_of_levels = rewriter.type(lookup.inputs[0]).quant;
  const auto meaning_of_result = rewriter.type(lookup.outputs[0]).quant;
  const ValueId given = lookup.inputs[1], output = lookup.outputs[0];
  const ValueId table =
      rewriter.constant(rewriter.graph().constant(given), std::string(rewriter.graph().at(given).name));
  if (meaning_of_levels) rewriter.describe(table, *meaning_of_levels);
  product.inputs.back() = table;
  const ValueId result = rewriter.emit_like(product, product.inputs, product.attrs);
  if (meaning_of_result) rewriter.describe(result, *meaning_of_result);
  rewriter.replace(output, result);
}

}  // namespace

Result<Graph> fuse_tables(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    auto product = node->op->name == "Lookup" ? with_table(rewriter, *node) : std::nullopt;
    if (product)
      fuse(rewriter, *node, *std::move(product));
    else
      rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
