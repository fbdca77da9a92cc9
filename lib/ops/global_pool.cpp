// GlobalAveragePool, GlobalMaxPool (ONNX 1): the mean or maximum over all spatial axes, x [N,C,spatial…] -> [N,C,1…].
// The pooling whose window is the whole plane.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/pool_kernel.hpp"

namespace mote::ops {
namespace {

bool is_average(const OpView& op) { return op.node.op->name == "GlobalAveragePool"; }

// Spatial axes need not be told apart: row-major order is the order of one long axis.
std::int64_t plane_elements(const Shape& x) {
  std::int64_t elements = 1;
  for (std::size_t axis = 2; axis < x.rank(); ++axis) elements *= x[axis];
  return elements;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(is_average(op) ? expect_float(op, 0, "X") : expect_numeric(op, 0, "X"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 3));
  const Shape& x = op.in(0).shape;
  if (plane_elements(x) == 0)
    return at(op, Code::shape_mismatch, "input 'X' is " + x.text() + ", expected spatial extents >= 1",
              {"there is no mean or maximum of nothing"});
  std::vector<std::int64_t> extents(x.rank(), 1);
  extents[0] = x[0];
  extents[1] = x[1];
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, std::move(extents)));
  return Types{std::move(type)};
}

Pooling pooling_of(const OpView& op) {
  const Shape& x = op.in(0).shape;
  const std::int64_t plane = plane_elements(x);
  Window window{};
  window[2].in = plane;
  window[2].kernel = plane;
  return {.batch = x[0],
          .channels = x[1],
          .window = window,
          .input = channels_first(x[1], plane),
          .output = channels_first(x[1], 1)};
}

void eval_average(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pooling_of(op);
  if (in[0]->dtype == DType::f64)
    average_pool(pool, in[0]->as<double>().data(), out[0].as<double>().data());
  else
    average_pool(pool, in[0]->as<float>().data(), out[0].as<float>().data());
}

void eval_max(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pooling_of(op);
  visit_dtype(in[0]->dtype, [&]<class T>() { max_pool(pool, in[0]->as<T>().data(), out[0].as<T>().data(), nullptr); });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call = pool_nd_call(op, pooling_of(op), is_average(op) ? "average_pool_nd" : "max_pool_nd");
  if (is_average(op)) call.fields.emplace_back("count_include_pad", false);
  return call;
}

Sample sample(Rng& rng) {
  std::vector<std::int64_t> extents{rng.integer(1, 2), rng.integer(1, 4)};
  for (std::int64_t axis = rng.integer(1, 3); axis > 0; --axis) extents.push_back(rng.integer(1, 5));
  const DType dtype = rng.chance(4) ? DType::f64 : DType::f32;
  return {.attrs = {}, .inputs = {{.type = {.dtype = dtype, .shape = *Shape::make(extents)}}}};
}

void gradient_of_average(const OpView& op, GradientBuilder& builder) {
  const Term share = (1.0F / static_cast<float>(plane_elements(op.in(0).shape))) * builder.gradient();
  builder.give(0, expanded(share, op.in(0).shape));
}

// Equal maxima share the gradient.
void gradient_of_max(const OpView& op, GradientBuilder& builder) {
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 2; axis < op.in(0).shape.rank(); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  const Term one = builder.scalar(1.0F, op.in(0).dtype);
  const Term winners = choose(equal(builder.operand(0), builder.result()), one, 0.0F);
  builder.give(0, winners * (builder.gradient() / summed(winners, axes)));
}

constexpr OpDef family[] = {
    {.name = "GlobalAveragePool",
     .summary = "mean over all spatial axes",
     .onnx = {.name = "GlobalAveragePool", .domain = "", .since = 1, .until = 1},
     .infer = infer,
     .eval = eval_average,
     .lower = lower,
     .sample = sample,
     .gradient = gradient_of_average},
    {.name = "GlobalMaxPool",
     .summary = "maximum over all spatial axes",
     .onnx = {.name = "GlobalMaxPool", .domain = "", .since = 1, .until = 1},
     .infer = infer,
     .eval = eval_max,
     .lower = lower,
     .sample = sample,
     .gradient = gradient_of_max},
};

}  // namespace

std::span<const OpDef> global_pool_ops();
std::span<const OpDef> global_pool_ops() { return family; }

}  // namespace mote::ops
