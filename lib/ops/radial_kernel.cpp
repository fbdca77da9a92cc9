// RadialKernel: mote's own; exp(-gamma |x - p|^2) [N,P] between the rows of x [N,F] and of constant points [P,F], f32.
// Value: codegen/kernels/radial_kernel.hpp: the squared distance as SquaredDistance has it, times -gamma, and exp.
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec kernel_attrs[] = {{.name = "gamma", .kind = AttrKind::real, .required = true}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::f32}));
  MOTE_TRY_STATUS(expect_dtype(op, 1, "points", {DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  MOTE_TRY_STATUS(expect_rank(op, 1, "points", 2, 2));
  MOTE_TRY_STATUS(expect_constant(op, 1, "points"));
  MOTE_TRY_STATUS(expect_shape(op, 1, "points", {op.in(1).shape[0], op.in(0).shape[1]}));
  MOTE_TRY(TensorType type, make_type(op, DType::f32, {op.in(0).shape[0], op.in(1).shape[0]}));
  return Types{std::move(type)};
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const auto depth = static_cast<std::size_t>(op.in(0).shape[1]), points = static_cast<std::size_t>(op.in(1).shape[0]);
  const auto x = in[0]->as<T>(), p = in[1]->as<T>();
  const auto y = out[0].as<T>();
  const T rate = static_cast<T>(-op.real("gamma"));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t row = i / points * depth, point = i % points * depth;
    T sum{0};
    for (std::size_t k = 0; k < depth; ++k) {
      const T difference = x[row + k] - p[point + k];
      sum += difference * difference;
    }
    y[i] = exp_of(rate * sum);
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(op, in, out);
  else
    run<float>(op, in, out);
}

std::int64_t macs(const OpView& op) { return op.in(0).shape.elements() * op.in(1).shape[0]; }

Result<KernelCall> lower(const OpView& op, const Target&) {
  return KernelCall{.header = "radial_kernel",
                    .kernel = "radial_kernel",
                    .fields = {{"rows", field(op.in(0).shape[0])},
                               {"depth", field(op.in(0).shape[1])},
                               {"columns", field(op.in(1).shape[0])},
                               {"rate", -op.real("gamma")}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                    .macs = macs(op)};
}

Sample sample(Rng& rng) {
  const std::int64_t depth = rng.integer(1, 7);
  Sample sample{.attrs = {{"gamma", rng.real(0.01F, 0.3F)}},
                .inputs = {{.type = {.dtype = DType::f32, .shape = shape_of({rng.integer(1, 4), depth})}},
                           {.type = {.dtype = DType::f32, .shape = shape_of({rng.integer(1, 9), depth})}}}};
  sample.inputs[1].constant = Tensor::zeros(DType::f32, sample.inputs[1].type.shape);
  for (float& value : sample.inputs[1].constant->as<float>()) value = rng.real(-2.0F, 2.0F);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "RadialKernel",
     .summary = "exponentials of the squared distances to given points",
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = kernel_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> radial_kernel_ops();
std::span<const OpDef> radial_kernel_ops() { return family; }

}  // namespace mote::ops
