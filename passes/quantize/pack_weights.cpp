#include "passes/quantize/pack_weights.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/ops/support/weight_levels.hpp"
#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// Taking integers out of bytes and turning them to real numbers is some ten instructions more in a layer's kernel.
constexpr std::int64_t least_saving = 64;
constexpr std::array<std::string_view, 3> integer_products{"QuantizedConv2d", "QuantizedDepthwiseConv2d",
                                                           "QuantizedDense"};

struct ScaledLevels {
  Tensor levels{}, scale{};  // s8 as the weights; f32 by channel
};

// Every weight is a whole multiple of the scale, of 8 bits, rounded once.
bool gives_all(float scale, std::span<const double> weights) {
  return std::ranges::all_of(weights, [&](double weight) {
    const double level = std::nearbyint(weight / static_cast<double>(scale));
    return level >= -128.0 && level <= 127.0 && static_cast<float>(level) * scale == static_cast<float>(weight);
  });
}

// A scale that does, for the weights of one channel.
std::optional<float> bit_exact_scale(std::span<const float> weights, std::size_t channels, std::size_t channel) {
  std::vector<double> own;
  for (std::size_t i = channel; i < weights.size(); i += channels) own.push_back(static_cast<double>(weights[i]));
  if (std::ranges::all_of(own, [](double weight) { return weight == 0.0; })) return 1.0F;
  const auto coarsest = exact_weight_scale(own);
  if (!coarsest) return std::nullopt;
  double largest = 0.0;
  for (const double weight : own) largest = std::max(largest, std::abs(weight));
  // A factor that all levels share belonged to them, if the product with it is not a single-precision number. The largest
  // weight, which is rounded, tells the scale to a few units in the last place.
  for (int times = 1; largest * times <= 128.0 * *coarsest; ++times)
    for (const float towards : {0.0F, std::numeric_limits<float>::max()}) {
      auto scale = static_cast<float>(*coarsest / times);
      for (int units = 0; units <= 2; ++units, scale = std::nextafter(scale, towards))
        if (std::isnormal(scale) && gives_all(scale, own)) return scale;
    }
  return std::nullopt;
}

std::optional<ScaledLevels> scaled_levels_of(const Tensor& weights) {
  const auto from = weights.as<float>();
  const auto channels = static_cast<std::size_t>(weights.shape.extents().back());
  ScaledLevels result{.levels = Tensor::zeros(DType::s8, weights.shape),
                      .scale = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(channels)}))};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const auto scale = bit_exact_scale(from, channels, channel);
    if (!scale) return std::nullopt;
    result.scale.as<float>()[channel] = *scale;
    for (std::size_t i = channel; i < from.size(); i += channels)
      result.levels.as<std::int8_t>()[i] = static_cast<std::int8_t>(std::nearbyint(from[i] / *scale));
  }
  if (ops::scaled_levels(result.levels, result.scale).bytes != weights.bytes) return std::nullopt;  // a zero with a sign
  return result;
}

class Packing {
 public:
  explicit Packing(Graph graph) : graph_(std::move(graph)) {}

  Graph run(bool real_ones) && {
    for (Node& node : graph_.nodes) {
      if (is_one_of(node.op->name, integer_products))
        pack_integers(node);
      else if (real_ones && is_core_product(node.op->name))
        pack_reals(node);
    }
    return std::move(graph_);
  }

 private:
  void pack_integers(Node& node) {
    const OpView product{graph_, node};
    const ValueId weights = node.inputs[1];
    if (ops::is_packed(product) || ops::has_stream(product) || product.in(1).shape.elements() / 2 < least_saving || !ops::fits_half_bytes(product)) return;
    if (!packed_.contains(weights))
      packed_[weights] = add(weights, "_packed", ops::half_bytes_of(graph_.constant(weights)));
    node.inputs.resize(ops::packed_operand + 1);
    node.inputs[ops::packed_operand] = packed_[weights];
  }

  void pack_reals(Node& node) {
    const OpView product{graph_, node};
    if (ops::has_levels(product) || !product.is_constant(1) || product.in(1).dtype != DType::f32) return;
    const TensorType& type = product.in(1);
    const std::int64_t saving = 3 * type.shape.elements() - 4 * type.shape.extents().back();
    if (saving < least_saving) return;
    const ValueId weights = node.inputs[1];
    const auto found = scaled_levels_of(graph_.constant(weights));
    if (!found) return;
    const bool pairs = ops::fits_half_bytes(product, found->levels);
    auto& stored = levels_[{weights, pairs}];
    if (!stored.first)
      stored = {add(weights, "_levels", pairs ? ops::half_bytes_of(found->levels) : found->levels),
                add(weights, "_scale", found->scale)};
    node.inputs.resize(ops::scale_operand + 1);
    node.inputs[ops::levels_operand] = stored.first;
    node.inputs[ops::scale_operand] = stored.second;
  }

  ValueId add(ValueId weights, const std::string& suffix, const Tensor& tensor) {
    return graph_.add_constant(graph_.at(weights).name + suffix, {.dtype = tensor.dtype, .shape = tensor.shape},
                               std::make_shared<const Bytes>(tensor.bytes));
  }

  Graph graph_;
  std::map<ValueId, ValueId> packed_{};                      // by weights, which products may share
  std::map<std::pair<ValueId, bool>, std::pair<ValueId, ValueId>> levels_{};  // levels (in pairs or not) and scale
};

}  // namespace

Result<Graph> pack_weights(Graph graph, const PassContext& context) {
  return Packing(std::move(graph)).run(context.optimize != Optimize::speed);
}

}  // namespace mote
