#include "tests/plan/random_graphs.hpp"

#include <algorithm>

namespace mote::plan_test {
namespace {

std::vector<ValueId> inputs_then_outputs(const OpView& op) {
  std::vector<ValueId> operands = op.node.inputs;
  operands.insert(operands.end(), op.node.outputs.begin(), op.node.outputs.end());
  return operands;
}

Result<KernelCall> lower_mix(const OpView& op, const Target&) {
  return KernelCall{.header = "mix",
                    .kernel = "mix",
                    .operands = inputs_then_outputs(op),
                    .scratch_bytes = op.has("scratch") ? op.integer("scratch") : 0};
}

Result<KernelCall> lower_each(const OpView& op, const Target&) {
  return KernelCall{
      .header = "each", .kernel = "each", .operands = inputs_then_outputs(op), .traversal = Traversal::elementwise};
}

std::vector<View> join_views(const OpView& op) {
  std::vector<View> views;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    views.push_back({.kind = View::Kind::input_in_output, .input = i, .output = 0, .offset = offset});
    offset += op.in(i).bytes();
  }
  return views;
}

std::vector<View> cut_views(const OpView& op) {
  return {{.kind = View::Kind::output_in_input, .input = 0, .output = 0, .offset = 4 * op.integer("offset")}};
}

Result<KernelCall> lower_window(const OpView& op, const Target&) {
  const bool depthwise = op.has("multiplier");
  KernelCall call{
      .header = depthwise ? "depthwise_conv2d_f32" : "conv2d_f32", .traversal = Traversal::window, .macs = 1};
  call.kernel = call.header;
  for (const auto& [name, value] : op.node.attrs) {
    call.fields.emplace_back(name, static_cast<std::int32_t>(std::get<std::int64_t>(value)));
  }
  const ValueId residual = op.has_in(1) ? op.node.inputs[1] : ValueId{};
  call.fields.emplace_back("has_residual", op.has_in(1));
  call.operands = {op.node.inputs[0], ValueId{}, ValueId{}, residual, op.node.outputs[0]};
  return call;
}

constexpr OpDef mix{.name = "Mix", .summary = "test", .lower = lower_mix};
constexpr OpDef each{.name = "Each", .summary = "test", .lower = lower_each};
constexpr OpDef join{.name = "Join", .summary = "test", .views = join_views, .lower = lower_mix};
constexpr OpDef cut{.name = "Cut", .summary = "test", .views = cut_views, .lower = lower_mix};
constexpr OpDef window{.name = "Window", .summary = "test", .lower = lower_window};

TensorType vector_of(std::int64_t elements) { return {.dtype = DType::f32, .shape = *Shape::make({elements})}; }

std::int64_t number(const Attrs& attrs, std::string_view name) {
  return std::get<std::int64_t>(attrs.find(name)->second);
}

ValueId pick(Rng& rng, const std::vector<ValueId>& values) {
  // Recent values are more likely, as in real networks.
  const auto last = static_cast<std::int64_t>(values.size()) - 1;
  const std::int64_t lowest = rng.chance(2) ? 0 : std::max<std::int64_t>(0, last - 2);
  return values[static_cast<std::size_t>(rng.integer(lowest, last))];
}

ValueId pick_of_size(Rng& rng, const GraphBuilder& builder, const std::vector<ValueId>& values, std::int64_t elements) {
  std::vector<ValueId> fitting;
  std::ranges::copy_if(values, std::back_inserter(fitting), [&](ValueId v) { return builder.elements(v) == elements; });
  return fitting.empty() ? ValueId{} : pick(rng, fitting);
}

std::int64_t divisor_of(Rng& rng, std::int64_t number, std::int64_t most) {
  std::vector<std::int64_t> divisors;
  for (std::int64_t d = 1; d <= std::min(number, most); ++d) {
    if (number % d == 0) divisors.push_back(d);
  }
  return divisors[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(divisors.size()) - 1))];
}

ValueId random_window(Rng& rng, GraphBuilder& builder, const std::vector<ValueId>& values) {
  const ValueId x = pick(rng, values);
  const std::int64_t elements = builder.elements(x);
  const std::int64_t in_c = divisor_of(rng, elements, 6);
  const std::int64_t in_w = divisor_of(rng, elements / in_c, 9);
  const std::int64_t in_h = elements / in_c / in_w;
  Attrs geometry{{"in_h", in_h}, {"in_w", in_w}, {"in_c", in_c}};
  const bool depthwise = rng.chance(2);
  const std::int64_t out_c = depthwise || rng.chance(2) ? in_c : rng.integer(1, 6);
  geometry["out_c"] = out_c;
  geometry[depthwise ? "multiplier" : "groups"] = std::int64_t{1};
  geometry["tile_c"] = rng.integer(1, out_c);
  geometry["tile_w"] = rng.integer(1, 4);
  std::int64_t out[2]{};
  for (const int axis : {0, 1}) {
    const std::string suffix = axis == 0 ? "_h" : "_w";
    const std::int64_t in = axis == 0 ? in_h : in_w;
    const std::int64_t kernel = rng.integer(1, 3), pad = rng.integer(0, kernel - 1), stride = rng.integer(1, 2);
    const std::int64_t reach = in + 2 * pad - kernel;
    out[axis] = reach < 0 ? 1 : reach / stride + 1;
    geometry["kernel" + suffix] = kernel;
    geometry["stride" + suffix] = stride;
    geometry[axis == 0 ? "pad_top" : "pad_left"] = pad;
    geometry["out" + suffix] = out[axis];
  }
  const ValueId residual = rng.chance(2) ? pick_of_size(rng, builder, values, out[0] * out[1] * out_c) : ValueId{};
  return builder.window(x, std::move(geometry), residual);
}

ValueId random_node(Rng& rng, GraphBuilder& builder, const std::vector<ValueId>& values) {
  const ValueId x = pick(rng, values);
  std::vector<ValueId> several;
  for (std::int64_t i = rng.integer(1, 3); i > 0; --i) several.push_back(pick(rng, values));
  switch (rng.integer(0, 5)) {
    case 0: return builder.each({x, pick_of_size(rng, builder, values, builder.elements(x))});
    case 1: return builder.join(several);
    case 2: {
      const std::int64_t offset = rng.integer(0, builder.elements(x) - 1);
      const bool whole = rng.chance(2);
      return builder.cut(x, whole ? 0 : offset, whole ? builder.elements(x) : builder.elements(x) - offset);
    }
    case 3: return builder.mix(several, rng.integer(1, 60), rng.chance(3) ? rng.integer(1, 99) : 0);
    default: return random_window(rng, builder, values);
  }
}

}  // namespace

const OpDef& mix_op() { return mix; }
const OpDef& each_op() { return each; }
const OpDef& join_op() { return join; }
const OpDef& cut_op() { return cut; }
const OpDef& window_op() { return window; }

ValueId GraphBuilder::input(std::int64_t elements) {
  graph.inputs.push_back(graph.add_value("x", vector_of(elements)));
  return graph.inputs.back();
}

ValueId GraphBuilder::constant(std::int64_t elements) {
  return graph.add_constant("c", vector_of(elements), std::make_shared<Bytes>(static_cast<std::size_t>(4 * elements)));
}

ValueId GraphBuilder::add(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs, std::int64_t elements) {
  const ValueId result = graph.add_value("v", vector_of(elements));
  graph.nodes.push_back(
      {.op = &op, .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = {result}, .origin = {}});
  return result;
}

ValueId GraphBuilder::mix(std::vector<ValueId> inputs, std::int64_t elements, std::int64_t scratch) {
  return add(mix_op(), std::move(inputs), {{"scratch", scratch}}, elements);
}
ValueId GraphBuilder::each(std::vector<ValueId> inputs) {
  const std::int64_t count = elements(inputs.front());
  return add(each_op(), std::move(inputs), {}, count);
}
ValueId GraphBuilder::join(std::vector<ValueId> inputs) {
  std::int64_t count = 0;
  for (const ValueId input : inputs) count += elements(input);
  return add(join_op(), std::move(inputs), {}, count);
}
ValueId GraphBuilder::cut(ValueId input, std::int64_t offset, std::int64_t count) {
  return add(cut_op(), {input}, {{"offset", offset}}, count);
}
ValueId GraphBuilder::window(ValueId input, Attrs geometry, ValueId residual) {
  for (const char* name : {"batch", "kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w",
                           "tile_w", "tile_c", "in_h"}) {
    geometry.try_emplace(name, std::int64_t{1});
  }
  for (const char* name : {"pad_top", "pad_left"}) geometry.try_emplace(name, std::int64_t{0});
  if (!geometry.contains("multiplier")) geometry.try_emplace("groups", std::int64_t{1});
  geometry.try_emplace("out_h", number(geometry, "in_h"));
  geometry.try_emplace("out_w", number(geometry, "in_w"));
  geometry.try_emplace("out_c", number(geometry, "in_c"));
  const std::int64_t count =
      number(geometry, "batch") * number(geometry, "out_h") * number(geometry, "out_w") * number(geometry, "out_c");
  return add(window_op(), {input, residual}, std::move(geometry), count);
}

Graph random_graph(Rng& rng, std::int64_t nodes) {
  GraphBuilder builder;
  std::vector<ValueId> values{builder.input(rng.integer(1, 60))};
  if (rng.chance(3)) values.push_back(builder.input(rng.integer(1, 60)));
  if (rng.chance(4)) values.push_back(builder.constant(rng.integer(1, 60)));
  for (std::int64_t i = 0; i < nodes; ++i) {
    const ValueId value = random_node(rng, builder, values);
    if (builder.elements(value) <= 400) values.push_back(value);
  }
  builder.output(values.back());
  while (rng.chance(2)) builder.output(pick(rng, values));
  return std::move(builder.graph);
}

}  // namespace mote::plan_test
