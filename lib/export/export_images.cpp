// Images of other extents: Select2d and Resample2d as the Resize that computes the same positions and weights, if there is
// one, Select2d else as two Gathers; Upsample, which newer operator sets do not have, as a Resize.
#include <algorithm>
#include <array>
#include <optional>

#include "lib/export/node_export.hpp"
#include "lib/ops/support/resize_axes.hpp"

namespace mote {
namespace {

using Integers = std::vector<std::int64_t>;

Tensor sizes_tensor(const Integers& values) {
  Tensor tensor = Tensor::zeros(DType::s64, *Shape::make({static_cast<std::int64_t>(values.size())}));
  std::ranges::copy(values, tensor.as<std::int64_t>().begin());
  return tensor;
}

// What one axis of the node computes, in the terms of a Resize.
struct AxisTable {
  Integers start{};
  std::vector<float> weights{};
};
AxisTable table_of(const OpView& op, std::size_t positions, std::optional<std::size_t> weights) {
  AxisTable table{.start = op.constant(positions).to_integers()};
  if (!weights) table.weights.assign(table.start.size(), 1.0F);
  else for (const double weight : op.constant(*weights).to_reals()) table.weights.push_back(static_cast<float>(weight));
  return table;
}

bool is_same(const AxisTable& table, const ops::ResizeAxis& axis) {
  return table.start == axis.start && std::ranges::equal(table.weights, axis.weights, {}, {}, [](double weight) {
           return static_cast<float>(weight);
         });
}

// The attributes of the Resize, by sizes, that has the node's tables.
std::optional<Attrs> resize_attrs(const OpView& op) {
  constexpr std::array<const char*, 4> coordinates{"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"};
  constexpr std::array<const char*, 4> rounding{"round_prefer_floor", "floor", "round_prefer_ceil", "ceil"};
  const bool weighs = op.node.op->name == "Resample2d";
  const AxisTable rows = table_of(op, 1, weighs ? std::optional<std::size_t>(2) : std::nullopt);
  const AxisTable columns = table_of(op, weighs ? 3 : 2, weighs ? std::optional<std::size_t>(4) : std::nullopt);
  Node resize = op.node;
  resize.op = find_op("Resize");
  for (const char* mode : {"nearest", "linear", "cubic"})
    for (const char* coordinate : coordinates)
      for (const char* rounds : rounding) {
        Attrs attrs{{"mode", std::string(mode)}, {"coordinate_transformation_mode", std::string(coordinate)}};
        if (mode == std::string_view("nearest")) attrs["nearest_mode"] = std::string(rounds);
        resize.attrs = attrs;
        resize.attrs["axes"] = Integers{op.integer("axis"), op.integer("axis") + 1};
        resize.attrs["sizes"] = Integers{static_cast<std::int64_t>(rows.start.size()), static_cast<std::int64_t>(columns.start.size())};
        if (!complete_attributes(*resize.op, resize.attrs, resize.origin)) continue;
        const auto axes = ops::resize_axes({op.graph, resize});
        if (axes && is_same(rows, (*axes)[0]) && is_same(columns, (*axes)[1])) return attrs;
      }
  return std::nullopt;
}

void write_gathers(Export& to, const Node& node) {
  const OpView op = to.view(node);
  const std::string x = to.values.get(node.inputs[0]), y = to.values.define(node.outputs[0]);
  const std::string rows = to.writer.fresh(y + "_rows");
  to.writer.node({.op = "Gather", .inputs = {x, to.values.get(node.inputs[1])}, .outputs = {rows},
                  .attrs = {{"axis", op.integer("axis")}}, .name = node.origin.node});
  to.writer.node({.op = "Gather", .inputs = {rows, to.values.get(node.inputs[2])}, .outputs = {y},
                  .attrs = {{"axis", op.integer("axis") + 1}}, .name = {}});
}

}  // namespace

bool has_resize_form(const OpView& op) { return resize_attrs(op).has_value(); }

void export_image(Export& to, const Node& node) {
  const OpView op = to.view(node);
  const auto attrs = resize_attrs(op);
  if (!attrs) return write_gathers(to, node);
  // Runtimes resize planes.
  const bool last = op.in(0).shape.rank() == 4 && op.integer("axis") == 1;
  const Layout layout = last ? Layout::planes : Layout::native;
  const auto extents = op.out(0).shape.extents();
  Integers sizes(extents.begin(), extents.end());
  if (last) sizes = {sizes[0], sizes[3], sizes[1], sizes[2]};
  const std::string x = to.values.get(node.inputs[0], layout), y = to.values.define(node.outputs[0], layout);
  const std::string constant = to.writer.fresh(y + "_sizes");
  to.writer.constant(constant, sizes_tensor(sizes));
  to.writer.node({.op = "Resize", .inputs = {x, "", "", constant}, .outputs = {y}, .attrs = *attrs, .name = node.origin.node});
}

void export_upsample(Export& to, const Node& node) {
  const OpView op = to.view(node);
  const auto& scales = std::get<std::vector<float>>(node.attrs.find("scales")->second);
  const std::string x = to.values.get(node.inputs[0]), y = to.values.define(node.outputs[0]);
  Tensor list = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(scales.size())}));
  std::ranges::copy(scales, list.as<float>().begin());
  const std::string constant = to.writer.fresh(y + "_scales");
  to.writer.constant(constant, list);
  const std::string mode = op.text("mode") == "nearest" ? "nearest" : "linear";
  to.writer.node({.op = "Resize",
                  .inputs = {x, "", constant},
                  .outputs = {y},
                  .attrs = {{"mode", mode},
                            {"coordinate_transformation_mode", std::string("asymmetric")},
                            {"nearest_mode", std::string("floor")}},
                  .name = node.origin.node});
}

}  // namespace mote
