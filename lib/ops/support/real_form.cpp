#include "lib/ops/support/real_form.hpp"

namespace mote::ops {
namespace {

Expansion::Ref optional_input(const OpView& op, std::size_t index) {
  return op.has_in(index) ? Expansion::input(index) : Expansion::Ref{};
}

}  // namespace

Expansion::Ref add_dequantize(const OpView& op, Expansion& expansion, const StoredOperand& operand) {
  return expansion.add("DequantizeLinear",
                       {Expansion::input(operand.levels), Expansion::input(operand.scale),
                        optional_input(op, operand.zero_point)},
                       {{"axis", operand.axis}});
}

void end_in_quantize(const OpView& op, Expansion& expansion, Expansion::Ref real, const StoredOperand& result) {
  expansion.results = {expansion.add(
      "QuantizeLinear", {real, Expansion::input(result.scale), optional_input(op, result.zero_point)},
      {{"axis", result.axis}})};
}

Attrs shared_attributes(const OpView& op, std::string_view real) {
  Attrs attrs;
  for (const AttrSpec& spec : find_op(real)->attrs)
    if (const auto found = op.node.attrs.find(spec.name); found != op.node.attrs.end()) attrs.insert(*found);
  return attrs;
}

Tensor f32_scalar(float value) {
  Tensor tensor = Tensor::zeros(DType::f32, Shape{});
  tensor.as<float>()[0] = value;
  return tensor;
}

Status expect_present(const OpView& op, std::initializer_list<std::size_t> inputs) {
  for (const std::size_t input : inputs)
    if (!op.has_in(input))
      return at(op, Code::wrong_arity, "input " + std::to_string(input) + " may not be left out",
                {"check the exported node"});
  return Ok{};
}

void append_stored_sample(Rng& rng, Sample& sample, const Shape& shape, DType dtype) {
  const bool is_signed = dtype == DType::s8;
  const float low = is_signed ? -128.0F : 0.0F, high = is_signed ? 127.0F : 255.0F;
  sample.inputs.push_back({.type = {.dtype = dtype, .shape = shape}, .low = low, .high = high});
  sample.inputs.push_back({.type = {.dtype = DType::f32, .shape = Shape{}}, .low = 0.01F, .high = 0.5F});
  sample.inputs.push_back({.type = {.dtype = dtype, .shape = Shape{}}, .low = low, .high = high});
  Tensor scale = f32_scalar(rng.real(0.01F, 0.5F));
  Tensor zero = Tensor::zeros(dtype, Shape{});
  visit_dtype(dtype, [&]<class T>() {
    zero.as<T>()[0] = static_cast<T>(rng.integer(static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)));
  });
  sample.inputs[sample.inputs.size() - 2].constant = std::move(scale);
  sample.inputs.back().constant = std::move(zero);
}

DType sample_stored_dtype(Rng& rng) { return rng.chance(2) ? DType::u8 : DType::s8; }

}  // namespace mote::ops
