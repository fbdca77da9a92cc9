#include <algorithm>
#include <optional>

#include "lib/exec/host_kernels.hpp"
#include "lib/ops/support/axes.hpp"

namespace mote {
namespace {

// The reduced axes lie together: y [outer][inner] sums x [outer][extent][inner].
std::optional<ops::AxisSplit> reduced_run(const OpView& op) {
  const Shape& x = op.in(0).shape;
  std::vector<bool> reduced(x.rank(), false);
  const bool listed = op.has("axes") && !op.integers("axes").empty();
  if (!listed && op.integer("noop_with_empty_axes") != 0) return std::nullopt;
  if (!listed) reduced.assign(x.rank(), true);
  for (const std::int64_t axis : listed ? op.integers("axes") : std::vector<std::int64_t>{})
    reduced[ops::from_front(axis, x.rank())] = true;
  ops::AxisSplit run{};
  bool begun = false, ended = false;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    if (x[axis] == 1) continue;
    if (reduced[axis] && ended) return std::nullopt;
    begun = begun || reduced[axis];
    ended = begun && !reduced[axis];
    (reduced[axis] ? run.extent : ended ? run.inner : run.outer) *= x[axis];
  }
  return run;
}

void sum_runs(const ops::AxisSplit& run, float factor, const float* x, float* y) {
  for (std::int64_t outer = 0; outer < run.outer; ++outer, y += run.inner) {
    std::fill_n(y, run.inner, 0.0F);
    for (std::int64_t i = 0; i < run.extent; ++i, x += run.inner)
      for (std::int64_t j = 0; j < run.inner; ++j) y[j] += x[j];
    for (std::int64_t j = 0; j < run.inner; ++j) y[j] *= factor;
  }
}

}  // namespace

HostKernel host_reduction(const OpView& op) {
  const bool mean = op.node.op->name == "ReduceMean";
  if ((!mean && op.node.op->name != "ReduceSum") || op.in(0).dtype != DType::f32 || op.in(0).shape.elements() == 0)
    return {};
  const auto run = reduced_run(op);
  if (!run) return {};
  const float factor = mean ? 1.0F / static_cast<float>(run->extent) : 1.0F;
  return [run = *run, factor](Operands in, Outputs out) {
    sum_runs(run, factor, in[0]->as<float>().data(), out[0].as<float>().data());
  };
}

}  // namespace mote
