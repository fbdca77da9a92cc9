#pragma once
#include <initializer_list>
#include <span>

#include "lib/ops/expansion.hpp"

// What the operators on stored integers share: real numbers between DequantizeLinear and QuantizeLinear.
namespace mote::ops {

struct ExpansionRule {
  std::string_view op;
  Expansion (*expand)(const OpView&);
};

// Where an operator keeps levels, scale and zero point (which may be left out) of one of its tensors.
struct StoredOperand {
  std::size_t levels = 0, scale = 0, zero_point = 0;
  std::int64_t axis = 0;  // of a scale per index; of no meaning where one scale serves the tensor
};

[[nodiscard]] Expansion::Ref add_dequantize(const OpView& op, Expansion& expansion, const StoredOperand& operand);
// `result.levels` is of no meaning. Ends the expansion.
void end_in_quantize(const OpView& op, Expansion& expansion, Expansion::Ref real, const StoredOperand& result);
// The attributes of the node that the real operator knows, too.
[[nodiscard]] Attrs shared_attributes(const OpView& op, std::string_view real);
[[nodiscard]] Tensor f32_scalar(float value);

// Operands that may not be left out.
[[nodiscard]] Status expect_present(const OpView& op, std::initializer_list<std::size_t> inputs);

// A sample's levels, scale and zero point.
void append_stored_sample(Rng& rng, Sample& sample, const Shape& shape, DType dtype);
[[nodiscard]] DType sample_stored_dtype(Rng& rng);  // u8 or s8

}  // namespace mote::ops
