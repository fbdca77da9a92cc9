#include "passes/prune/product_form.hpp"

#include <algorithm>
#include <array>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 3> integer_products{"QuantizedConv2d", "QuantizedDepthwiseConv2d",
                                                           "QuantizedDense"};

bool has_padding(const OpView& op) {
  if (!op.has("pads")) return false;
  return std::ranges::any_of(op.integers("pads"), [](std::int64_t pad) { return pad != 0; });
}

}  // namespace

std::optional<ProductForm> product_form(const OpView& op) {
  ProductForm form;
  form.integer = is_one_of(op.node.op->name, integer_products);
  if (!form.integer && !is_core_product(op.node.op->name)) return std::nullopt;
  form.residual = form.integer ? 4 : 3;
  form.multiplier = form.integer ? 3 : 0;
  const bool free_inputs = !op.is_constant(0) && !(op.has_in(form.residual) && op.is_constant(form.residual));
  if (!free_inputs || !op.is_constant(1) || (op.has_in(2) && !op.is_constant(2)) || op.in(1).shape.elements() == 0)
    return std::nullopt;
  if (form.integer && !op.is_constant(form.multiplier)) return std::nullopt;
  if (op.has_in(form.residual + 1) || op.has_in(form.residual + 2)) return std::nullopt;
  form.depthwise = op.node.op->name.ends_with("DepthwiseConv2d");
  form.grouped = !form.depthwise && groups_of_channels(op) != 1;
  form.padded = has_padding(op);
  form.pad_value = op.has("pad_value") ? static_cast<double>(op.integer("pad_value")) : 0.0;
  return form;
}

}  // namespace mote
