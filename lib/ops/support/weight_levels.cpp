#include "lib/ops/support/weight_levels.hpp"

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/requantize.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t w_operand = 1, bias_operand = 2, residual_operand = 3;

}  // namespace

Tensor scaled_levels(const Tensor& levels, const Tensor& scale) {
  Tensor weights = Tensor::zeros(DType::f32, levels.shape);
  const auto from = levels.as<std::int8_t>();
  const auto scales = scale.as<float>();
  for (std::size_t i = 0; i < from.size(); ++i)
    weights.as<float>()[i] = static_cast<float>(from[i]) * scales[i % scales.size()];
  return weights;
}

Status expect_levels(const OpView& product) {
  if (!has_levels(product)) return Ok{};
  const Shape& weights = product.in(w_operand).shape;
  const bool packed = is_packed(product);
  std::vector<std::int64_t> extents(weights.extents().begin(), weights.extents().end());
  const std::int64_t channels = extents.back();
  if (packed) extents.back() = (channels + 1) / 2;
  MOTE_TRY_STATUS(expect_constant_of(product, levels_operand, "levels", packed ? DType::u8 : DType::s8, extents));
  MOTE_TRY_STATUS(expect_constant_of(product, scale_operand, "scale", DType::f32, {channels}));
  const Tensor stored = product.constant(levels_operand);
  const Tensor levels = packed ? levels_of(stored, weights) : stored;
  const bool may_be_packed = !packed || fits_half_bytes(product, levels);
  if (may_be_packed && scaled_levels(levels, product.constant(scale_operand)).bytes == product.constant(w_operand).bytes)
    return Ok{};
  return at(product, Code::unsupported_form, "'levels' times 'scale' is not w, expected the same numbers in every bit",
            {"check the pass that made this node"});
}

KernelCall real_product_call(const OpView& product, std::string kernel, std::int64_t macs) {
  const auto operand = [&](std::size_t i) { return product.has_in(i) ? product.node.inputs[i] : ValueId{}; };
  KernelCall call{.header = kernel, .kernel = kernel, .operands = {operand(0)}, .traversal = Traversal::window, .macs = macs};
  if (has_levels(product)) {
    call.header = "weight_levels_f32";
    call.kernel += "_levels";
    call.operands.push_back(operand(levels_operand));
    call.operands.push_back(operand(scale_operand));
  } else {
    call.operands.push_back(operand(w_operand));
  }
  for (const ValueId id : {operand(bias_operand), operand(residual_operand), product.node.outputs[0]})
    call.operands.push_back(id);
  return call;
}

}  // namespace mote::ops
