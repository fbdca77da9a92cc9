// Functions of 256 levels as tables, computed in double precision at compile time: exact to half a level.
#include <algorithm>
#include <cmath>

#include "passes/quantize/element_cone.hpp"
#include "passes/quantize/realize/realize.hpp"

namespace mote {
namespace {

constexpr std::int32_t lowest_level = -128;

// table[level + 128], limited to what `onto` leaves.
template <class F>
ValueId emit_lookup(Rewriter& rewriter, ValueId levels, const Onto& onto, const std::string& name, F level_of) {
  Tensor table = Tensor::zeros(onto.grid.stored(), *Shape::make({256}));
  visit_dtype(table.dtype, [&]<class T>() {
    const auto entries = table.as<T>();
    for (std::size_t i = 0; i < entries.size(); ++i)
      entries[i] = static_cast<T>(std::clamp(level_of(i), onto.lowest, onto.highest));
  });
  const std::vector<std::int64_t> entries = table.to_integers();
  bool changes_nothing = table.dtype == DType::s8;
  for (std::size_t i = 0; i < entries.size() && changes_nothing; ++i)
    changes_nothing = entries[i] == static_cast<std::int64_t>(i) + lowest_level;
  if (changes_nothing) return levels;
  return rewriter.emit("Lookup", {levels, rewriter.constant(table, name + "_table")});
}

std::vector<double> reals_of(const Grid& grid) {
  std::vector<double> reals;
  for (std::int32_t i = 0; i < 256; ++i) reals.push_back(grid.real(lowest_level + i));
  return reals;
}

}  // namespace

ValueId onto_grid(Rewriter& rewriter, const Stored& value, const Grid& grid) {
  const std::string name = rewriter.graph().at(value.levels).name;
  const Onto onto{.grid = grid, .lowest = grid.lowest, .highest = grid.highest};
  if (rewriter.type(value.levels).dtype == DType::s8)
    return emit_lookup(rewriter, value.levels, onto, name, [&](std::size_t i) {
      return grid.level(value.grid.real(lowest_level + static_cast<std::int32_t>(i)));
    });
  // 16 bits: (x - zx) * ratio + zy with as many places as fit an s32 multiplier.
  const double ratio = static_cast<double>(value.grid.scale) / static_cast<double>(grid.scale);
  int shift = 62;
  while (shift > 0 && std::abs(std::ldexp(ratio, shift)) > 2147483647.0) --shift;
  shift = std::min(shift, 46);  // x * multiplier + offset stays below 2^62
  const double multiplier = std::nearbyint(std::ldexp(ratio, shift));
  const double offset =
      std::nearbyint(std::ldexp(grid.zero_point + 0.5, shift) - value.grid.zero_point * multiplier);
  const std::int64_t to = grid.stored() == DType::s16 ? 5 : 3;  // TensorProto.DataType: INT16, INT8
  return rewriter.emit("Requantize", {value.levels},
                       {{"to", to},
                        {"multiplier", static_cast<std::int64_t>(multiplier)},
                        {"offset", static_cast<std::int64_t>(offset)},
                        {"shift", std::int64_t{shift}}});
}

Realization realize_table(Rewriter& rewriter, ValueId real, const Onto& onto) {
  const auto producer = [&](ValueId id) { return rewriter.producer(id); };
  const auto is_source = [&](ValueId id) { return stored(rewriter, id).has_value(); };
  const auto cone = element_cone(rewriter.graph(), real, producer, is_source);
  if (!cone) return std::nullopt;
  const Stored source = *stored(rewriter, cone->source);
  if (rewriter.type(source.levels).dtype != DType::s8) return std::nullopt;
  const std::vector<double> results = evaluate_cone(rewriter.graph(), *cone, reals_of(source.grid));
  return emit_lookup(rewriter, source.levels, onto, rewriter.graph().at(real).name,
                     [&](std::size_t i) { return onto.grid.level(results[i]); });
}

Realization realize_softmax(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const OpView op = rewriter.view(node);
  const auto input = stored(rewriter, node.inputs[0]);
  const Shape& shape = rewriter.type(node.inputs[0]).shape;
  if (!input || rewriter.type(input->levels).dtype != DType::s8 || shape.rank() == 0) return std::nullopt;
  const std::int64_t given = op.integer("axis");
  const auto axis = static_cast<std::size_t>(given < 0 ? given + static_cast<std::int64_t>(shape.rank()) : given);
  if (axis >= shape.rank()) return std::nullopt;
  for (std::size_t later = axis + 1; op.integer("flatten") != 0 && later < shape.rank(); ++later)
    if (shape[later] != 1) return std::nullopt;

  Tensor table = Tensor::zeros(DType::u32, *Shape::make({256}));
  for (std::size_t distance = 0; distance < 256; ++distance)
    table.as<std::uint32_t>()[distance] = static_cast<std::uint32_t>(
        std::nearbyint(65535.0 * std::exp(-static_cast<double>(distance) * static_cast<double>(input->grid.scale))));
  // On any other grid than its own the result is rounded a second time: then from 16 bits.
  const bool wide = !same_levels(softmax_grid(8), onto.grid);
  const std::int64_t output_levels = wide ? 32768 : 256;
  const ValueId levels = rewriter.emit(
      "QuantizedSoftmax",
      {input->levels, rewriter.constant(table, rewriter.graph().at(node.outputs[0]).name + "_exponentials")},
      {{"axis", static_cast<std::int64_t>(axis)}, {"output_levels", output_levels}});
  const Grid natural = softmax_grid(wide ? 16 : 8);
  return same_levels(natural, onto.grid) ? levels : onto_grid(rewriter, {.levels = levels, .grid = natural}, onto.grid);
}

}  // namespace mote
