// RadialKernel in integers: the points become levels of the grid of the features, so that a squared distance is exact in
// levels; gamma and the scale become one factor of the exponent of 2.
#include <cmath>

#include "lib/quant/grid.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize/realize.hpp"

namespace mote {
namespace {

constexpr double int32_limit = 2147483647.0;

// Without limits: a point may lie outside of what features were seen. Nothing if one does not fit 16 bits.
std::optional<Tensor> point_levels(const Tensor& points, const Grid& grid) {
  std::vector<double> levels;
  double lowest = 0.0, highest = 0.0;
  for (const double value : points.to_reals()) {
    levels.push_back(std::nearbyint(value / static_cast<double>(grid.scale)) + grid.zero_point);
    lowest = std::min(lowest, levels.back());
    highest = std::max(highest, levels.back());
  }
  if (!(lowest >= -32768.0 && highest <= 32767.0)) return std::nullopt;
  Tensor stored = Tensor::zeros(lowest >= -128.0 && highest <= 127.0 ? DType::s8 : DType::s16, points.shape);
  visit_dtype(stored.dtype, [&]<class T>() {
    for (std::size_t i = 0; i < levels.size(); ++i) stored.as<T>()[i] = static_cast<T>(levels[i]);
  });
  return stored;
}

// How far differences are shifted so that the sum of their squares fits 32 bits.
std::optional<int> difference_shift(DType x, DType points, std::int64_t depth) {
  const double reach = (x == DType::s16 ? 32768.0 : 128.0) + (points == DType::s16 ? 32768.0 : 128.0);
  for (int shift = 0; shift <= 15; ++shift) {
    const double largest = std::floor((reach + std::floor(std::ldexp(0.5, shift))) / std::ldexp(1.0, shift));
    if (largest * largest * static_cast<double>(depth) < int32_limit) return shift;
  }
  return std::nullopt;
}

Tensor powers_of_two() {
  Tensor table = Tensor::zeros(DType::s32, *Shape::make({65}));
  for (std::size_t i = 0; i < 65; ++i)
    table.as<std::int32_t>()[i] = static_cast<std::int32_t>(std::nearbyint(65536.0 * std::exp2(-static_cast<double>(i) / 64.0)));
  return table;
}

}  // namespace

Realization realize_radial(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const OpView op = rewriter.view(node);
  const auto input = stored(rewriter, node.inputs[0]);
  if (!input || !(op.real("gamma") > 0.0F)) return std::nullopt;
  const auto points = point_levels(rewriter.graph().constant(node.inputs[1]), input->grid);
  if (!points) return std::nullopt;
  const auto smaller = difference_shift(rewriter.type(input->levels).dtype, points->dtype, op.in(0).shape[1]);
  if (!smaller) return std::nullopt;
  // exp(-gamma (s d)^2) = 2^-u, u in 2^-15.
  const double step = std::ldexp(static_cast<double>(input->grid.scale), *smaller);
  const double factor = std::ldexp(static_cast<double>(op.real("gamma")) * step * step / std::log(2.0), 15);
  int shift = 62;
  while (shift > 0 && std::ldexp(factor, shift) > int32_limit) --shift;
  const double multiplier = std::nearbyint(std::ldexp(factor, shift));
  if (multiplier > int32_limit) return std::nullopt;
  const std::string name = rewriter.graph().at(node.outputs[0]).name;
  const ValueId levels = rewriter.constant(*points, rewriter.graph().at(node.inputs[1]).name + "_levels");
  const ValueId result = rewriter.emit("QuantizedRadialKernel",
                                       {input->levels, levels, rewriter.constant(powers_of_two(), name + "_powers")},
                                       {{"difference_shift", std::int64_t{*smaller}},
                                        {"multiplier", static_cast<std::int64_t>(multiplier)},
                                        {"shift", std::int64_t{shift}}});
  const Grid natural = softmax_grid(16);
  return same_levels(natural, onto.grid) ? result : onto_grid(rewriter, {.levels = result, .grid = natural}, onto.grid);
}

}  // namespace mote
