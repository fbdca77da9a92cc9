// SquaredDistance: mote's own; the squared Euclidean distances [N,P] between the rows of x [N,F] and of points [P,F],
// f32 or f64. It is what radial kernels, neighbours and means ask for, exact where |x|^2 - 2 x.p + |p|^2 would cancel.
// Value: codegen/kernels/squared_distance.hpp.
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::f32, DType::f64}));
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "points"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  MOTE_TRY_STATUS(expect_rank(op, 1, "points", 2, 2));
  const Shape &x = op.in(0).shape, &points = op.in(1).shape;
  if (x[1] != points[1])
    return at(op, Code::shape_mismatch, "input 'points' is " + points.text() + ", expected points of " +
                                            std::to_string(x[1]) + " coordinates as x " + x.text() + " has",
              {"check the exported shape of this operand"});
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, {x[0], points[0]}));
  return Types{std::move(type)};
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const auto rows = static_cast<std::size_t>(op.in(0).shape[0]), depth = static_cast<std::size_t>(op.in(0).shape[1]),
             points = static_cast<std::size_t>(op.in(1).shape[0]);
  const auto x = in[0]->as<T>(), p = in[1]->as<T>();
  const auto y = out[0].as<T>();
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t point = 0; point < points; ++point) {
      T sum{0};
      for (std::size_t k = 0; k < depth; ++k) {
        const T difference = x[row * depth + k] - p[point * depth + k];
        sum += difference * difference;
      }
      y[row * points + point] = sum;
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
  return KernelCall{.header = "squared_distance",
                    .kernel = "squared_distance",
                    .fields = {{"rows", field(op.in(0).shape[0])},
                               {"depth", field(op.in(0).shape[1])},
                               {"columns", field(op.in(1).shape[0])}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                    .macs = macs(op)};
}

Sample sample(Rng& rng) {
  const std::int64_t depth = rng.integer(1, 7);
  const DType dtype = rng.chance(5) ? DType::f64 : DType::f32;
  Sample sample{.attrs = {},
                .inputs = {{.type = {.dtype = dtype, .shape = shape_of({rng.integer(1, 4), depth})}},
                           {.type = {.dtype = dtype, .shape = shape_of({rng.integer(1, 9), depth})}}}};
  if (dtype == DType::f32 && rng.chance(2)) {
    sample.inputs[1].constant = Tensor::zeros(dtype, sample.inputs[1].type.shape);
    for (float& value : sample.inputs[1].constant->as<float>()) value = rng.real(-2.0F, 2.0F);
  }
  return sample;
}

constexpr OpDef family[] = {
    {.name = "SquaredDistance",
     .summary = "squared Euclidean distances between two sets of points",
     .arity = {.min_in = 2, .max_in = 2},
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> squared_distance_ops();
std::span<const OpDef> squared_distance_ops() { return family; }

}  // namespace mote::ops
