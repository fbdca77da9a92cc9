#include "lib/ops/support/feature_rows.hpp"

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

// TensorProto.DataType of the types that models are cast to.
std::int64_t onnx_number(DType dtype) {
  for (std::int64_t number = 1; number < 16; ++number)
    if (dtype_from_onnx(number) == dtype) return number;
  MOTE_CHECK(false);
  return 0;
}

}  // namespace

Status expect_feature_rows(const OpView& op, std::size_t input, std::string_view role) {
  MOTE_TRY_STATUS(expect_numeric(op, input, role));
  MOTE_TRY_STATUS(expect_rank(op, input, role, 1, 2));
  const Shape& shape = op.in(input).shape;
  if (shape.elements() > 0) return Ok{};
  return at(op, Code::shape_mismatch, "input '" + std::string(role) + "' is " + shape.text() + ", expected at least one row and one feature",
            {"check the exported shape of this operand"});
}

FeatureRows feature_rows(const OpView& op, std::size_t input) {
  const Shape& shape = op.in(input).shape;
  return {.count = shape.rank() == 2 ? shape[0] : 1, .features = shape[shape.rank() - 1]};
}

Expansion::Ref add_feature_rows(const OpView& op, Expansion& expansion, std::size_t input) {
  const FeatureRows rows = feature_rows(op, input);
  Expansion::Ref x = Expansion::input(input);
  if (op.in(input).dtype != DType::f32) x = add_cast(expansion, x, DType::f32);
  return op.in(input).shape.rank() == 2 ? x : add_reshape(expansion, x, {rows.count, rows.features});
}

Expansion::Ref add_cast(Expansion& expansion, Expansion::Ref x, DType dtype) {
  return expansion.add("Cast", {x}, {{"to", onnx_number(dtype)}});
}

Expansion::Ref add_reshape(Expansion& expansion, Expansion::Ref x, std::vector<std::int64_t> extents) {
  return expansion.add("Reshape", {x}, {{"shape", std::move(extents)}, {"allowzero", std::int64_t{1}}});
}

Sample::Input sample_feature_rows(Rng& rng, std::int64_t features) {
  std::vector<std::int64_t> extents{features};
  if (!rng.chance(5)) extents.insert(extents.begin(), rng.integer(1, 4));
  return {.type = {.dtype = rng.chance(5) ? DType::s64 : DType::f32, .shape = shape_of(std::move(extents))}};
}

}  // namespace mote::ops
