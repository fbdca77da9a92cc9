// Split (ONNX 2..18): the input cut along one axis, by given sizes or into equal parts. Opset 18 added num_outputs,
// where the last part may be smaller: each other part is ceil(extent / num_outputs) long.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/support/checked.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

using Sizes = std::vector<std::int64_t>;

constexpr AttrSpec split_attrs[] = {{.name = "axis", .fallback = std::int64_t{0}},
                                    {.name = "split", .kind = AttrKind::integers, .lowest = 0, .operand = 1},
                                    {.name = "num_outputs", .lowest = 1, .highest = 1 << 20}};

std::size_t axis_of(const OpView& op) { return checked_axis(op, "axis", op.in(0).shape.rank()); }

Result<Sizes> given_sizes(const OpView& op, std::int64_t extent) {
  const Sizes& sizes = op.integers("split");
  const std::string list = "split [" + join(sizes, ",") + "]";
  if (op.has("num_outputs")) return at(op, Code::unsupported_form, "split and num_outputs are both given");
  if (sizes.size() != op.node.outputs.size())
    return at(op, Code::wrong_arity,
              list + " names " + std::to_string(sizes.size()) + " parts, the node has " +
                  std::to_string(op.node.outputs.size()) + " outputs");
  std::int64_t left = extent;
  for (const std::int64_t size : sizes)
    if (size > left)
      return at(op, Code::shape_mismatch, list + " exceeds the extent " + std::to_string(extent));
    else
      left -= size;
  if (left != 0)
    return at(op, Code::shape_mismatch, list + " leaves " + std::to_string(left) + " of " + std::to_string(extent));
  return sizes;
}

Result<Sizes> equal_sizes(const OpView& op, std::int64_t extent) {
  const auto parts = static_cast<std::int64_t>(op.node.outputs.size());
  if (op.has("num_outputs") && op.integer("num_outputs") != parts)
    return at(op, Code::wrong_arity,
              "num_outputs is " + std::to_string(op.integer("num_outputs")) + ", the node has " +
                  std::to_string(parts) + " outputs");
  const std::int64_t size = (extent + parts - 1) / parts;
  if (extent % parts != 0 && (!op.has("num_outputs") || size * (parts - 1) > extent))
    return at(op, Code::shape_mismatch,
              "extent " + std::to_string(extent) + " cannot be split into " + std::to_string(parts) + " equal parts",
              {"give the sizes with 'split'"});
  Sizes sizes(op.node.outputs.size(), size);
  sizes.back() = extent - size * (parts - 1);
  return sizes;
}

Result<Sizes> sizes_of(const OpView& op) {
  const std::int64_t extent = op.in(0).shape[axis_of(op)];
  return op.has("split") ? given_sizes(op, extent) : equal_sizes(op, extent);
}

Result<Types> infer(const OpView& op) {
  const Shape& from = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), from.rank()));
  MOTE_TRY(const Sizes sizes, sizes_of(op));
  Types types;
  for (const std::int64_t size : sizes) {
    std::vector<std::int64_t> extents = extents_of(from);
    extents[axis] = size;
    MOTE_TRY(Shape shape, make_shape(op, std::move(extents)));
    types.push_back(moved(op.in(0), std::move(shape)));
  }
  return types;
}

// Elements of output i in each row of the input.
Sizes blocks_of(const OpView& op) {
  Sizes blocks = *sizes_of(op);
  for (std::int64_t& block : blocks) block *= split_at(op.in(0).shape, axis_of(op)).inner;
  return blocks;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Sizes blocks = blocks_of(op);
  const std::int64_t outer = split_at(in[0]->shape, axis_of(op)).outer;
  auto from = in[0]->bytes.begin();
  for (std::int64_t row = 0; row < outer; ++row) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::int64_t bytes = blocks[i] * byte_size(in[0]->dtype);
      if (op.has_out(i)) std::copy_n(from, bytes, out[i].bytes.begin() + row * bytes);
      from += bytes;
    }
  }
}

std::vector<View> views(const OpView& op) {
  if (split_at(op.in(0).shape, axis_of(op)).outer != 1) return {};
  std::vector<View> parts;
  std::int64_t offset = 0;
  const Sizes blocks = blocks_of(op);
  for (std::size_t i = 0; i < op.node.outputs.size(); ++i) {
    if (op.has_out(i)) parts.push_back({.kind = View::Kind::output_in_input, .output = i, .offset = offset});
    offset += blocks[i] * byte_size(op.in(0).dtype);
  }
  return parts;
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const AxisSplit whole = split_at(op.in(0).shape, axis_of(op));
  KernelCall call{.header = "split",
                  .kernel = "split",
                  .fields = {{"outer", field(whole.outer)}, {"row", field(whole.extent * whole.inner)}},
                  .operands = {op.node.inputs[0]}};
  const Sizes blocks = blocks_of(op);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    call.types.push_back(std::to_string(blocks[i]));
    call.operands.push_back(op.node.outputs[i]);
  }
  return call;
}

Sample sample(Rng& rng) {
  std::vector<std::int64_t> extents = extents_of(random_shape(rng, 1, 5, 4));
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(extents.size()) - 1));
  Sizes sizes;
  for (auto parts = rng.integer(1, 4); parts > 0; --parts) sizes.push_back(rng.integer(1, 4));
  extents[axis] = 0;
  for (const std::int64_t size : sizes) extents[axis] += size;
  return {.attrs = {{"axis", random_spelling(rng, axis, extents.size())}, {"split", sizes}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = shape_of(extents)}}},
          .outputs = sizes.size()};
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const Sizes sizes = *sizes_of(op);
  std::vector<Term> parts;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::vector<std::int64_t> extents = extents_of(op.in(0).shape);
    extents[axis_of(op)] = sizes[i];
    const bool used = op.has_out(i);
    parts.push_back(used ? builder.gradient(i) : builder.constant(Tensor::zeros(op.in(0).dtype, shape_of(extents))));
  }
  builder.give(0, builder.apply("Concat", parts, {{"axis", static_cast<std::int64_t>(axis_of(op))}}));
}

constexpr OpDef family[] = {
    {.name = "Split",
     .summary = "the input cut into parts along one axis",
     .onnx = {.name = "Split", .domain = "", .since = 2, .until = 18},
     .arity = {.min_in = 1, .max_in = 1, .min_out = 1, .max_out = 255},
     .attrs = split_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds_of_moved,
     .views = views,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> split_ops();
std::span<const OpDef> split_ops() { return family; }

}  // namespace mote::ops
