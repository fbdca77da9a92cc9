// FakeQuantize as QuantizeLinear and DequantizeLinear.
#include "lib/export/node_export.hpp"
#include "lib/quant/node_grid.hpp"

namespace mote {
namespace {

// Values below the lowest level of the grid come out as that level, while the type may hold further levels below.
bool needs_low_limit(const Export& to, ValueId id, const Grid& grid, const Grid& of_type) {
  if (grid.lowest == of_type.lowest) return false;
  // Wide levels move to another grid with the limits of the type.
  if (to.grids.held[*id] && byte_size(of_type.stored()) > 1) return false;
  const auto& bound = to.grids.low[*id];
  return !(bound && of_type.level(*bound) >= grid.lowest);
}

}  // namespace

std::string write_scalar(Export& to, const std::string& name, float value) {
  Tensor scalar = Tensor::zeros(DType::f32, Shape{});
  scalar.as<float>()[0] = value;
  std::string written = to.writer.fresh(name);
  to.writer.constant(written, scalar);
  return written;
}

void write_clamp(Export& to, const std::string& x, std::optional<float> low, std::optional<float> high,
                 const std::string& y) {
  WrittenNode node{.op = "Relu", .inputs = {x}, .outputs = {y}, .attrs = {}, .name = {}};
  if (high || low != 0.0F) {
    node.op = "Clip";
    node.inputs.push_back(low ? write_scalar(to, y + "_low", *low) : std::string());
    if (high) node.inputs.push_back(write_scalar(to, y + "_high", *high));
  }
  to.writer.node(node);
}

void export_fake_quantize(Export& to, const Node& node) {
  const ValueId id = node.inputs[0];
  const Layout layout = to.values.has(id, Layout::planes) ? Layout::planes : Layout::native;
  const Grid grid = grid_of_fake_quantize(node);
  const Grid of_type = with_limits_of(stored_type(grid), grid.scale, grid.zero_point);
  std::string x = to.values.get(id, layout);
  const std::string y = to.values.define(node.outputs[0], layout);

  const bool low = needs_low_limit(to, id, grid, of_type), high = grid.highest < of_type.highest;
  if (low || high) {
    const std::string limited = to.writer.fresh(y + "_limited");
    write_clamp(to, x, low ? std::optional(static_cast<float>(grid.low())) : std::nullopt,
                high ? std::optional(static_cast<float>(grid.high())) : std::nullopt, limited);
    x = limited;
  }
  const std::string scale = write_scalar(to, y + "_scale", grid.scale);
  const std::string zero_point = to.writer.fresh(y + "_zero_point");
  Tensor zero = Tensor::zeros(of_type.stored(), Shape{});
  visit_dtype(zero.dtype, [&]<class T>() { zero.as<T>()[0] = static_cast<T>(grid.zero_point); });
  to.writer.constant(zero_point, zero);
  const std::string levels = to.writer.fresh(y + "_quantized");
  to.writer.node({.op = "QuantizeLinear", .inputs = {x, scale, zero_point}, .outputs = {levels}, .attrs = {}, .name = {}});
  to.writer.node({.op = "DequantizeLinear", .inputs = {levels, scale, zero_point}, .outputs = {y}, .attrs = {}, .name = {}});
}

}  // namespace mote
