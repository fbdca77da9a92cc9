#include "lib/quant/node_grid.hpp"

#include <limits>

namespace mote {
namespace {

std::optional<double> single_constant(const Graph& graph, ValueId id) {
  if (!id || !graph.at(id).is_constant() || graph.at(id).type.shape.elements() != 1) return std::nullopt;
  return graph.constant(id).to_reals()[0];
}

}  // namespace

Grid with_limits_of(DType type, float scale, std::int32_t zero_point) {
  Grid grid{.scale = scale, .zero_point = zero_point, .lowest = 0, .highest = 0};
  visit_dtype(type, [&]<class T>() {
    if constexpr (std::is_integral_v<T> && sizeof(T) <= 2) {
      grid.lowest = std::numeric_limits<T>::min();
      grid.highest = std::numeric_limits<T>::max();
    }
  });
  return grid;
}

std::optional<Grid> grid_of_quantization(const Graph& graph, const Node& node, DType type) {
  if (byte_size(type) > 2 || is_float(type) || type == DType::boolean) return std::nullopt;
  const auto scale = single_constant(graph, node.inputs[1]);
  const bool has_zero = node.inputs.size() > 2 && node.inputs[2];
  const auto zero = has_zero ? single_constant(graph, node.inputs[2]) : std::optional(0.0);
  if (!scale || !zero || !(*scale > 0.0)) return std::nullopt;
  return with_limits_of(type, static_cast<float>(*scale), static_cast<std::int32_t>(*zero));
}

Grid grid_of_fake_quantize(const Node& node) {
  const auto integer = [&](std::string_view name) {
    return static_cast<std::int32_t>(std::get<std::int64_t>(node.attrs.find(name)->second));
  };
  return {.scale = std::get<float>(node.attrs.find("scale")->second),
          .zero_point = integer("zero_point"),
          .lowest = integer("lowest"),
          .highest = integer("highest")};
}

}  // namespace mote
