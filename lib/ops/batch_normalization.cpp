// BatchNormalization (ONNX 6..15), channels first: X [N,C,…], scale, B, mean, var [C] -> Y [N,C,…]. With `spatial` 0
// (opsets 6 to 8) every position of X has statistics of its own: they are [C,…].
// Value: Y = ((X - mean) / sqrt(var + epsilon)) * scale + B, every operation rounded by itself.
// With training_mode, mean and variance are those of the batch: sums over N, then the positions, upwards from 0, divided
// by the count, the variance as the mean of (X - mean)^2 (0 without elements); the further outputs are the running
// mean and variance, running * momentum + batch's * (1 - momentum).
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec batch_attrs[] = {
    {.name = "epsilon", .kind = AttrKind::real, .fallback = 1e-5F, .lowest = 0.0},
    {.name = "momentum", .kind = AttrKind::real, .fallback = 0.9F},
    {.name = "spatial", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
    {.name = "training_mode", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

// Opset 6 trained unless `is_test` said otherwise.
void adapt(std::int64_t opset, Attrs& attrs) {
  if (opset > 6) return;
  const auto is_test = attrs.find("is_test");
  const bool testing = is_test != attrs.end() && is_test->second == Attr(std::int64_t{1});
  if (is_test != attrs.end()) attrs.erase(is_test);
  attrs["training_mode"] = std::int64_t{testing ? 0 : 1};
}

bool is_training(const OpView& op) { return op.integer("training_mode") != 0; }

// The extents of scale, B, mean and var.
std::vector<std::int64_t> statistics_extents(const OpView& op) {
  const Shape& x = op.in(0).shape;
  if (op.integer("spatial") != 0) return {x[1]};
  return {x.extents().begin() + 1, x.extents().end()};
}

Status check_operands(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "X"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 2));
  constexpr std::string_view roles[] = {"X", "scale", "B", "mean", "var"};
  for (std::size_t i = 1; i < 5; ++i) {
    MOTE_TRY_STATUS(expect_same_dtype(op, i, roles[i]));
    MOTE_TRY_STATUS(expect_shape(op, i, roles[i], statistics_extents(op)));
  }
  return Ok{};
}

// Before opset 14 the further outputs asked for training, and there were up to four.
Status check_outputs(const OpView& op) {
  const std::size_t known = is_training(op) ? 3 : 1;
  for (std::size_t i = known; i < op.node.outputs.size(); ++i)
    if (op.has_out(i))
      return at(op, Code::unsupported_form,
                "output " + std::to_string(i) + " is used, expected at most " + std::to_string(known) +
                    " with training_mode " + std::to_string(op.integer("training_mode")),
                {"export the model for inference"});
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(check_operands(op));
  MOTE_TRY_STATUS(check_outputs(op));
  Types types(op.node.outputs.size());
  types[0] = {.dtype = op.in(0).dtype, .shape = op.in(0).shape};
  for (std::size_t i = 1; i < std::min<std::size_t>(types.size(), 3); ++i) types[i] = op.in(1);
  return types;
}

// X as [batch][channels][inner]: one channel per entry of the statistics.
struct Layout {
  std::int64_t batch = 0, channels = 0, inner = 0;
};

Layout layout_of(const OpView& op) {
  const auto extents = op.in(0).shape.extents();
  const bool spatial = op.integer("spatial") != 0;
  return {.batch = extents[0],
          .channels = spatial ? extents[1] : product(extents.subspan(1)),
          .inner = spatial ? product(extents.subspan(2)) : 1};
}

template <class T>
struct Statistics {
  T mean{0}, variance{0};
};

// The mean of term(x) over a channel of the batch; `channel` is its first element.
template <class T, class Term>
T channel_mean(const Layout& layout, const T* channel, Term term) {
  T sum{0};
  for (std::int64_t n = 0; n < layout.batch; ++n)
    for (std::int64_t i = 0; i < layout.inner; ++i) sum += term(channel[n * layout.channels * layout.inner + i]);
  const std::int64_t count = layout.batch * layout.inner;
  return count == 0 ? T{0} : sum / static_cast<T>(count);
}

template <class T>
Statistics<T> batch_statistics(const Layout& layout, const T* channel) {
  const T mean = channel_mean(layout, channel, [](T value) { return value; });
  return {.mean = mean,
          .variance = channel_mean(layout, channel, [mean](T value) { return (value - mean) * (value - mean); })};
}

template <class T>
struct Run {
  const OpView& op;
  Operands in;
  Outputs out;
  Layout layout;

  [[nodiscard]] T operand(std::size_t i, std::int64_t channel) const {
    return in[i]->as<T>()[static_cast<std::size_t>(channel)];
  }

  void normalize(std::int64_t channel, const Statistics<T>& statistics) const {
    const T deviation = sqrt_of(statistics.variance + static_cast<T>(op.real("epsilon")));
    const T* x = in[0]->as<T>().data() + channel * layout.inner;
    T* y = out[0].as<T>().data() + channel * layout.inner;
    for (std::int64_t n = 0; n < layout.batch; ++n)
      for (std::int64_t i = 0; i < layout.inner; ++i) {
        const std::int64_t at = n * layout.channels * layout.inner + i;
        y[at] = ((x[at] - statistics.mean) / deviation) * operand(1, channel) + operand(2, channel);
      }
  }

  // `was` is the operand that holds the running value, `output` the one that receives it.
  void update(std::size_t was, std::size_t output, std::int64_t channel, T of_batch) const {
    if (!op.has_out(output)) return;
    const T momentum = static_cast<T>(op.real("momentum"));
    out[output].as<T>()[static_cast<std::size_t>(channel)] =
        operand(was, channel) * momentum + of_batch * (T{1} - momentum);
  }

  void channel(std::int64_t c) const {
    if (!is_training(op)) return normalize(c, {.mean = operand(3, c), .variance = operand(4, c)});
    const auto statistics = batch_statistics(layout, in[0]->as<T>().data() + c * layout.inner);
    normalize(c, statistics);
    update(3, 1, c, statistics.mean);
    update(4, 2, c, statistics.variance);
  }
};

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const Run<T> run{op, in, out, layout_of(op)};
  for (std::int64_t channel = 0; channel < run.layout.channels; ++channel) run.channel(channel);
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(op, in, out);
  else
    run<float>(op, in, out);
}

std::int64_t macs(const OpView& op) { return op.in(0).shape.elements(); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  MOTE_TRY_STATUS(expect_kernel_dtype(op, {DType::f32}));
  const Layout layout = layout_of(op);
  KernelCall call{.header = "batch_normalization_f32",
                  .kernel = is_training(op) ? "batch_normalization_training_f32" : "batch_normalization_f32",
                  .fields = {{"batch", field(layout.batch)},
                             {"channels", field(layout.channels)},
                             {"inner", field(layout.inner)},
                             {"epsilon", op.real("epsilon")}},
                  .operands = op.node.inputs,
                  .traversal = is_training(op) ? Traversal::opaque : Traversal::elementwise,
                  .macs = macs(op)};
  call.operands.push_back(op.node.outputs[0]);
  if (!is_training(op)) return call;
  call.fields.emplace_back("momentum", op.real("momentum"));
  for (std::size_t i = 1; i < 3; ++i) call.operands.push_back(op.has_out(i) ? op.node.outputs[i] : ValueId{});
  return call;
}

Sample sample(Rng& rng) {
  const Shape x = random_shape(rng, 2, 5, 4);
  const bool training = rng.chance(3);
  Sample sample;
  sample.attrs["training_mode"] = std::int64_t{training};
  sample.attrs["spatial"] = std::int64_t{!rng.chance(4)};
  sample.attrs["epsilon"] = rng.real(0.001F, 0.1F);
  sample.attrs["momentum"] = rng.real(0.5F, 1.0F);
  const auto extents = extents_of(x);
  const bool spatial = std::get<std::int64_t>(sample.attrs["spatial"]) != 0;
  const Shape statistics = shape_of(spatial ? std::vector{extents[1]} : std::vector(extents.begin() + 1, extents.end()));
  sample.inputs.push_back({.type = {.dtype = DType::f32, .shape = x}});
  for (int i = 0; i < 3; ++i) sample.inputs.push_back({.type = {.dtype = DType::f32, .shape = statistics}});
  sample.inputs.push_back({.type = {.dtype = DType::f32, .shape = statistics}, .low = 0.1F, .high = 4.0F});
  sample.outputs = training ? static_cast<std::size_t>(rng.integer(1, 3)) : 1;
  return sample;
}

// With f = 1 / sqrt(var + epsilon), statistics as constants: y = (x - mean) * f * scale + B.
void gradient(const OpView& op, GradientBuilder& builder) {
  if (is_training(op))
    return builder.refuse({at(op, Code::unsupported_form, "the statistics are those of the batch, expected given ones")});
  std::vector<std::int64_t> extents = statistics_extents(op);
  extents.resize(op.in(0).shape.rank() - 1, 1);
  const auto statistic = [&](std::size_t i) { return reshaped(builder.operand(i), extents); };
  const auto give = [&](std::size_t i, Term term) {
    if (builder.wants(i)) builder.give(i, reshaped(summed_to(term, shape_of(extents)), op.in(i).shape));
  };
  const Term dy = builder.gradient(), distance = builder.operand(0) - statistic(3);
  const Term factor = 1.0F / applied("Sqrt", statistic(4) + op.real("epsilon"));
  const Term slope = dy * (factor * statistic(1));
  builder.give(0, slope);
  give(1, dy * distance * factor);
  give(2, dy);
  give(3, -slope);
  give(4, -0.5F * (slope * distance * (factor * factor)));
}

constexpr OpDef family[] = {
    {.name = "BatchNormalization",
     .summary = "normalisation by mean and variance per channel",
     .onnx = {.name = "BatchNormalization", .domain = "", .since = 6, .until = 15},
     .arity = {.min_in = 5, .max_in = 5, .min_out = 1, .max_out = 5},
     .attrs = batch_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> batch_normalization_ops();
std::span<const OpDef> batch_normalization_ops() { return family; }

}  // namespace mote::ops
