#include "lib/export/onnx_export.hpp"

#include <algorithm>
#include <array>

#include "lib/export/node_export.hpp"
#include "lib/export/opset.hpp"
#include "lib/quant/node_grid.hpp"

namespace mote {
namespace {

struct CoreForm {
  std::string_view op;
  void (*write)(Export&, const Node&);
};
constexpr std::array core_forms{CoreForm{"Conv2d", export_product},     CoreForm{"DepthwiseConv2d", export_product},
                                CoreForm{"Dense", export_product},      CoreForm{"MaxPool2d", export_pool},
                                CoreForm{"AveragePool2d", export_pool}, CoreForm{"FakeQuantize", export_fake_quantize},
                                CoreForm{"Normalize", export_normalize},
                                CoreForm{"Resample2d", export_image},   CoreForm{"Select2d", export_image},
                                CoreForm{"Upsample", export_upsample}};

const CoreForm* core_form(const Node& node) {
  const auto found = std::ranges::find(core_forms, node.op->name, &CoreForm::op);
  return found == core_forms.end() ? nullptr : &*found;
}

Result<std::int64_t> opset_of_core(const OpView& op, const LevelGrids& grids) {
  const CoreForm& form = *core_form(op.node);
  if (form.write == export_product) return writes_4_bits(op.graph, grids, op.node) ? std::int64_t{21} : oldest_export_opset;
  if (op.node.op->name == "FakeQuantize") {
    const Grid grid = grid_of_fake_quantize(op.node);
    const DType type = stored_type(grid);
    const Grid of_type = with_limits_of(type, grid.scale, grid.zero_point);
    if (grid.lowest < of_type.lowest || grid.highest > of_type.highest || grid.zero_point < of_type.lowest)
      return at(op, Code::unsupported_form, "the levels and the zero point fit no type of 8 or 16 bits", {"quantize to 8 or 16 bits"});
    return byte_size(type) == 1 ? oldest_export_opset : std::int64_t{21};
  }
  if (op.node.op->name == "Normalize") return opset_of_normalize(op);
  if (op.node.op->name == "Resample2d" && !has_resize_form(op))
    return at(op, Code::unsupported_form, "no Resize by sizes computes these positions and weights",
              {"export the model with integral scales, or compile it without writing it"});
  const bool dilated = op.has("dilations") && op.integers("dilations") != std::vector<std::int64_t>{1, 1};
  return op.node.op->name == "AveragePool2d" && dilated ? std::int64_t{19} : oldest_export_opset;
}

Result<std::int64_t> opset_of(const OpView& op, const LevelGrids& grids) {
  const OpDef& def = *op.node.op;
  if (core_form(op.node) != nullptr) return opset_of_core(op, grids);
  if (def.onnx.since == 0 || !def.onnx.domain.empty())
    return at(op, Code::unsupported_op, "the operator is not one of ONNX's default domain, so it cannot be written to a file",
              {"export the model with standard operators, or compile it without writing it"});
  return required_opset(op);
}

Result<std::int64_t> opset_of(const Graph& graph, const LevelGrids& grids) {
  std::int64_t opset = oldest_export_opset;
  Diagnostics problems;
  for (const Node& node : graph.nodes) {
    const auto needed = opset_of(OpView{graph, node}, grids);
    if (needed)
      opset = std::max(opset, *needed);
    else
      problems.insert(problems.end(), needed.errors().begin(), needed.errors().end());
  }
  if (!problems.empty()) return problems;
  return opset;
}

}  // namespace

Result<ExportedModel> export_onnx(const Graph& graph) {
  const LevelGrids grids = level_grids(graph);
  MOTE_TRY(const std::int64_t opset, opset_of(graph, grids));
  Export to{.graph = graph, .grids = grids, .opset = opset};
  ExportedModel model{.opset = opset};
  for (const Node& node : graph.nodes) {
    const CoreForm* form = core_form(node);
    (form != nullptr ? form->write : export_onnx_node)(to, node);
    model.quantized_values += node.op->name == "FakeQuantize" ? 1U : 0U;
  }
  to.values.finish_outputs();
  model.bytes = to.writer.finish(opset);
  return model;
}

}  // namespace mote
