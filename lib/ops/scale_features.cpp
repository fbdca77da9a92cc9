// ScaleFeatures: mote's own; y = (x + shift) * factor of rows x [N,F], f32, with shift and factor [F] constant. Passes
// make it where the features of a model's input differ so much in size that no grid could hold them all: it stays real
// in a quantized network, whose integers begin behind it.
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  for (const std::size_t i : {1U, 2U}) {
    const std::string_view role = i == 1 ? "shift" : "factor";
    MOTE_TRY_STATUS(expect_dtype(op, i, role, {DType::f32}));
    MOTE_TRY_STATUS(expect_constant(op, i, role));
    MOTE_TRY_STATUS(expect_shape(op, i, role, {op.in(0).shape[1]}));
  }
  return Types{{.dtype = DType::f32, .shape = op.in(0).shape}};
}

template <class T>
void run(Operands in, Outputs out) {
  const auto x = in[0]->as<T>(), shift = in[1]->as<T>(), factor = in[2]->as<T>();
  const auto y = out[0].as<T>();
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = (x[i] + shift[i % shift.size()]) * factor[i % factor.size()];
}

void eval(const OpView&, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(in, out);
  else
    run<float>(in, out);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  return KernelCall{.header = "scale_features",
                    .kernel = "scale_features",
                    .fields = {{"rows", field(op.in(0).shape[0])}, {"columns", field(op.in(0).shape[1])}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.inputs[2], op.node.outputs[0]},
                    .traversal = Traversal::elementwise};
}

Sample sample(Rng& rng) {
  const std::int64_t features = rng.integer(1, 8);
  Sample sample{.attrs = {}, .inputs = {{.type = {.dtype = DType::f32, .shape = shape_of({rng.integer(1, 4), features})}}}};
  for (int i = 0; i < 2; ++i) {
    Sample::Input constant{.type = {.dtype = DType::f32, .shape = shape_of({features})}};
    constant.constant = Tensor::zeros(DType::f32, constant.type.shape);
    for (float& value : constant.constant->as<float>()) value = rng.real(-2.0F, 2.0F);
    sample.inputs.push_back(std::move(constant));
  }
  return sample;
}

constexpr OpDef family[] = {
    {.name = "ScaleFeatures",
     .summary = "features plus a shift, times a factor, in front of integers",
     .arity = {.min_in = 3, .max_in = 3},
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> scale_features_ops();
std::span<const OpDef> scale_features_ops() { return family; }

}  // namespace mote::ops
