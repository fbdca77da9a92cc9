#pragma once
#include "lib/export/level_grids.hpp"
#include "lib/export/written_values.hpp"
#include "lib/ops/op_def.hpp"

// Writing one node of the graph as one or more nodes of ONNX.
namespace mote {

struct Export {
  const Graph& graph;
  const LevelGrids& grids;
  std::int64_t opset = 0;
  ModelWriter writer{graph};
  WrittenValues values{graph, writer};

  [[nodiscard]] OpView view(const Node& node) const { return {graph, node}; }
};

void export_product(Export& to, const Node& node);        // Conv2d, DepthwiseConv2d, Dense
// Its weights become int4, which needs operator set 21.
[[nodiscard]] bool writes_4_bits(const Graph& graph, const LevelGrids& grids, const Node& product);
void export_pool(Export& to, const Node& node);           // MaxPool2d, AveragePool2d
void export_fake_quantize(Export& to, const Node& node);  // a Clip where it limits more than the type, two nodes
void export_image(Export& to, const Node& node);          // Select2d, Resample2d
void export_normalize(Export& to, const Node& node);
void export_upsample(Export& to, const Node& node);       // as a Resize
void export_onnx_node(Export& to, const Node& node);      // an operator of ONNX, as it is

// A Resize has these positions and weights; a Resample2d without one cannot be written.
[[nodiscard]] bool has_resize_form(const OpView& op);

// The operator set that the written form of a Normalize needs.
[[nodiscard]] std::int64_t opset_of_normalize(const OpView& op);

// Relu or Clip from `x` to `y`.
void write_clamp(Export& to, const std::string& x, std::optional<float> low, std::optional<float> high,
                 const std::string& y);
// Writes an f32 scalar and returns its name.
[[nodiscard]] std::string write_scalar(Export& to, const std::string& name, float value);

}  // namespace mote
