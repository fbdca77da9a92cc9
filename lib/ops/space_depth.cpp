// DepthToSpace (ONNX 1..13): blocks of channels become blocks of pixels, x [N,C,H,W] -> [N,C/b^2,H*b,W*b] with
// b = blocksize; channel c of the input is (row of the block, column, channel of the output) in mode DCR and
// (channel, row, column) in mode CRD. SpaceToDepth (ONNX 1..13) is the way back of DCR.
// Both are defined by Reshape and Transpose, which a layout with channels last makes a single copy.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr AttrSpec blocksize_attr{.name = "blocksize", .required = true, .lowest = 1, .highest = 1 << 15};
constexpr AttrSpec to_space_attrs[] = {blocksize_attr,
                                       {.name = "mode", .kind = AttrKind::text, .fallback = std::string_view("DCR")}};
constexpr AttrSpec to_depth_attrs[] = {blocksize_attr};

Expansion moved_blocks(Extents split, Extents perm, Extents joined) {
  Expansion expansion;
  const auto reshape = [&](Expansion::Ref x, Extents shape) {
    return expansion.add("Reshape", {x}, {{"shape", std::move(shape)}, {"allowzero", std::int64_t{1}}});
  };
  const auto blocks = reshape(Expansion::input(0), std::move(split));
  const auto turned = expansion.add("Transpose", {blocks}, {{"perm", std::move(perm)}});
  expansion.results = {reshape(turned, std::move(joined))};
  return expansion;
}

Expansion expand_to_space(const OpView& op) {
  const Shape& x = op.in(0).shape;
  const std::int64_t b = op.integer("blocksize"), channels = x[1] / (b * b);
  const Extents joined{x[0], channels, x[2] * b, x[3] * b};
  if (op.text("mode") == "CRD") return moved_blocks({x[0], channels, b, b, x[2], x[3]}, {0, 1, 4, 2, 5, 3}, joined);
  return moved_blocks({x[0], b, b, channels, x[2], x[3]}, {0, 3, 4, 1, 5, 2}, joined);
}

Expansion expand_to_depth(const OpView& op) {
  const Shape& x = op.in(0).shape;
  const std::int64_t b = op.integer("blocksize");
  return moved_blocks({x[0], x[1], x[2] / b, b, x[3] / b, b}, {0, 3, 5, 1, 2, 4},
                      {x[0], x[1] * b * b, x[2] / b, x[3] / b});
}

Status expect_multiple(const OpView& op, std::size_t axis, std::int64_t divisor) {
  const std::int64_t extent = op.in(0).shape[axis];
  if (extent % divisor == 0) return Ok{};
  return at(op, Code::shape_mismatch,
            "extent " + std::to_string(axis) + " of the input " + op.in(0).shape.text() +
                " is no multiple of " + std::to_string(divisor),
            {"blocksize must divide the input evenly"});
}

Result<Types> infer_to_space(const OpView& op) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "input", 4, 4));
  if (op.text("mode") != "DCR" && op.text("mode") != "CRD")
    return at(op, Code::attribute_range, "mode is '" + op.text("mode") + "', expected DCR or CRD");
  MOTE_TRY_STATUS(expect_multiple(op, 1, op.integer("blocksize") * op.integer("blocksize")));
  return infer_expanded(op, expand_to_space(op));
}

Result<Types> infer_to_depth(const OpView& op) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "input", 4, 4));
  MOTE_TRY_STATUS(expect_multiple(op, 2, op.integer("blocksize")));
  MOTE_TRY_STATUS(expect_multiple(op, 3, op.integer("blocksize")));
  return infer_expanded(op, expand_to_depth(op));
}

template <Expansion (*expand)(const OpView&)>
void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample_to_space(Rng& rng) {
  const std::int64_t b = rng.integer(1, 3);
  const Shape shape = shape_of({rng.integer(1, 2), b * b * rng.integer(1, 3), rng.integer(1, 4), rng.integer(1, 4)});
  return {.attrs = {{"blocksize", b}, {"mode", std::string(rng.chance(2) ? "DCR" : "CRD")}},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = shape}}}};
}
Sample sample_to_depth(Rng& rng) {
  const std::int64_t b = rng.integer(1, 3);
  const Shape shape = shape_of({rng.integer(1, 2), rng.integer(1, 3), b * rng.integer(1, 4), b * rng.integer(1, 4)});
  return {.attrs = {{"blocksize", b}}, .inputs = {{.type = {.dtype = random_dtype(rng), .shape = shape}}}};
}

constexpr OpDef family[] = {
    {.name = "DepthToSpace",
     .summary = "blocks of channels as blocks of pixels",
     .onnx = {.name = "DepthToSpace", .domain = "", .since = 1, .until = 13},
     .attrs = to_space_attrs,
     .infer = infer_to_space,
     .eval = eval<expand_to_space>,
     .sample = sample_to_space},
    {.name = "SpaceToDepth",
     .summary = "blocks of pixels as blocks of channels",
     .onnx = {.name = "SpaceToDepth", .domain = "", .since = 1, .until = 13},
     .attrs = to_depth_attrs,
     .infer = infer_to_depth,
     .eval = eval<expand_to_depth>,
     .sample = sample_to_depth},
};
constexpr ExpansionRule rules[] = {{"DepthToSpace", expand_to_space}, {"SpaceToDepth", expand_to_depth}};

}  // namespace

std::span<const OpDef> space_depth_ops();
std::span<const OpDef> space_depth_ops() { return family; }
std::span<const ExpansionRule> space_depth_expansions();
std::span<const ExpansionRule> space_depth_expansions() { return rules; }

}  // namespace mote::ops
