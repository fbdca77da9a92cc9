// ScatterND, ScatterElements (ONNX 11..18), Scatter (9): a copy of `data` in which the elements that `indices` names are
// those of `updates`. The indices are constants in range, the later of two equal ones wins; `reduction` must be none.
//   ScatterND        indices [..., k]: each names a slice of data by its first k axes
//   ScatterElements  indices of the shape of updates: each names an element by replacing one axis of its own position
// So every slice of the result is a known slice of data or of updates: a Gather from both, in a row.
#include <algorithm>
#include <numeric>
#include <optional>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr AttrSpec reduction_attr{.name = "reduction", .kind = AttrKind::text, .fallback = std::string_view("none")};
constexpr AttrSpec nd_attrs[] = {reduction_attr};
constexpr AttrSpec elements_attrs[] = {{.name = "axis", .fallback = std::int64_t{0}}, reduction_attr};

// Where each update goes, in slices of `slice` elements; nothing: an index is out of range.
struct Places {
  std::int64_t slices = 0, slice = 1;
  Extents place{};
};

std::optional<std::int64_t> in_range(std::int64_t index, std::int64_t extent) {
  if (index < -extent || index >= extent) return std::nullopt;
  return index < 0 ? index + extent : index;
}

std::optional<Places> places_nd(const OpView& op) {
  const Shape& data = op.in(0).shape;
  const Extents indices = op.constant(1).to_integers();
  const auto depth = static_cast<std::size_t>(op.in(1).shape[op.in(1).shape.rank() - 1]);
  Places places{.slices = product(data.extents().first(depth)), .slice = product(data.extents().subspan(depth))};
  for (std::size_t first = 0; depth > 0 && first < indices.size(); first += depth) {
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < depth; ++axis) {
      const auto index = in_range(indices[first + axis], data[axis]);
      if (!index) return std::nullopt;
      place = place * data[axis] + *index;
    }
    places.place.push_back(place);
  }
  return places;
}

std::optional<Places> places_elements(const OpView& op) {
  const Shape& data = op.in(0).shape;
  const Shape& shape = op.in(1).shape;
  const std::size_t along = checked_axis(op, "axis", data.rank());
  const Extents strides = data.strides(), indices = op.constant(1).to_integers();
  Places places{.slices = data.elements()};
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto index = in_range(indices[i], data[along]);
    if (!index) return std::nullopt;
    std::int64_t place = *index * strides[along], left = static_cast<std::int64_t>(i);
    for (std::size_t axis = shape.rank(); axis-- > 0; left /= shape[axis])
      if (axis != along) place += left % shape[axis] * strides[axis];
    places.place.push_back(place);
  }
  return places;
}

bool is_nd(const OpView& op) { return op.node.op->name == "ScatterND"; }
std::optional<Places> places_of(const OpView& op) { return is_nd(op) ? places_nd(op) : places_elements(op); }

Expansion expand(const OpView& op) {
  Expansion expansion;
  const Places places = *places_of(op);
  const auto reshape = [&](Expansion::Ref x, Extents shape) {
    return expansion.add("Reshape", {x}, {{"shape", std::move(shape)}, {"allowzero", std::int64_t{1}}});
  };
  const auto updates = static_cast<std::int64_t>(places.place.size());
  Tensor sources = Tensor::zeros(DType::s32, shape_of({places.slices}));
  const auto from = sources.as<std::int32_t>();
  std::iota(from.begin(), from.end(), 0);
  for (std::int64_t i = 0; i < updates; ++i)
    from[static_cast<std::size_t>(places.place[static_cast<std::size_t>(i)])] = static_cast<std::int32_t>(places.slices + i);
  const auto data = reshape(Expansion::input(0), {places.slices, places.slice});
  const auto changed = reshape(Expansion::input(2), {updates, places.slice});
  const auto both = expansion.add("Concat", {data, changed}, {{"axis", std::int64_t{0}}});
  const auto picked = expansion.add("Gather", {both, expansion.constant(std::move(sources))}, {{"axis", std::int64_t{0}}});
  expansion.results = {reshape(picked, extents_of(op.in(0).shape))};
  return expansion;
}

Status check_nd(const OpView& op) {
  const Shape& data = op.in(0).shape;
  MOTE_TRY_STATUS(expect_rank(op, 0, "data", 1));
  MOTE_TRY_STATUS(expect_rank(op, 1, "indices", 1));
  const auto indices = op.in(1).shape.extents();
  const std::int64_t depth = indices.back();
  if (depth < 1 || depth > static_cast<std::int64_t>(data.rank()))
    return at(op, Code::shape_mismatch,
              "the indices are " + op.in(1).shape.text() + ", expected 1.." + std::to_string(data.rank()) + " for each slice");
  Extents expected(indices.begin(), indices.end() - 1);
  const auto slice = data.extents().subspan(static_cast<std::size_t>(depth));
  expected.insert(expected.end(), slice.begin(), slice.end());
  return expect_shape(op, 2, "updates", std::move(expected));
}

Status check_elements(const OpView& op) {
  const Shape& data = op.in(0).shape;
  MOTE_TRY_STATUS(expect_rank(op, 1, "indices", data.rank(), data.rank()));
  MOTE_TRY_STATUS(expect_shape(op, 2, "updates", extents_of(op.in(1).shape)));
  MOTE_TRY(const std::size_t along, normalized_axis(op, "axis", op.integer("axis"), data.rank()));
  for (std::size_t axis = 0; axis < data.rank(); ++axis)
    if (axis != along && op.in(1).shape[axis] > data[axis])
      return at(op, Code::shape_mismatch,
                "the indices are " + op.in(1).shape.text() + ", expected at most the extents of data, " + data.text());
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 1, "indices", {DType::s32, DType::s64}));
  MOTE_TRY_STATUS(expect_constant(op, 1, "indices"));
  MOTE_TRY_STATUS(expect_same_dtype(op, 2, "updates"));
  MOTE_TRY_STATUS(is_nd(op) ? check_nd(op) : check_elements(op));
  if (op.text("reduction") != "none")
    return at(op, Code::unsupported_form, "reduction is '" + op.text("reduction") + "', expected none",
              {"compute the sums outside of the model"});
  if (!places_of(op))
    return at(op, Code::attribute_range, "an index is out of the range of data, " + op.in(0).shape.text());
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample::Input random_indices(Rng& rng, const Extents& extents, const std::vector<std::int64_t>& limits) {
  const Shape shape = shape_of(extents);
  std::vector<std::int64_t> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t limit = limits[i % limits.size()];
    values[i] = rng.integer(-limit, limit - 1);
  }
  return integer_constant(DType::s64, shape, values);
}

Sample sample_nd(Rng& rng) {
  const Shape data = random_shape(rng, 1, 4, 4);
  const std::int64_t depth = rng.integer(1, static_cast<std::int64_t>(data.rank())), count = rng.integer(1, 4);
  const auto extents = data.extents();
  Extents updates{count};
  updates.insert(updates.end(), extents.begin() + depth, extents.end());
  const DType dtype = random_dtype(rng);
  return {.attrs = {},
          .inputs = {{.type = {.dtype = dtype, .shape = data}},
                     random_indices(rng, {count, depth}, {extents.begin(), extents.begin() + depth}),
                     {.type = {.dtype = dtype, .shape = shape_of(updates)}}}};
}
Sample sample_elements(Rng& rng) {
  const Shape data = random_shape(rng, 1, 4, 4);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(data.rank()) - 1));
  Extents updates = extents_of(data);
  for (std::int64_t& extent : updates) extent = rng.integer(1, extent);
  const DType dtype = random_dtype(rng);
  return {.attrs = {{"axis", random_spelling(rng, axis, data.rank())}},
          .inputs = {{.type = {.dtype = dtype, .shape = data}},
                     random_indices(rng, updates, {data[axis]}),
                     {.type = {.dtype = dtype, .shape = shape_of(updates)}}}};
}

constexpr OpDef scatter(std::string_view name, int since, int until, std::span<const AttrSpec> attrs, Sample (*sample)(Rng&)) {
  return {.name = name,
          .summary = "a copy with some elements replaced",
          .onnx = {.name = name, .domain = "", .since = since, .until = until},
          .arity = {.min_in = 3, .max_in = 3},
          .attrs = attrs,
          .infer = infer,
          .eval = eval,
          .sample = sample};
}
constexpr OpDef family[] = {scatter("Scatter", 9, 11, elements_attrs, sample_elements),
                            scatter("ScatterElements", 11, 18, elements_attrs, sample_elements),
                            scatter("ScatterND", 11, 18, nd_attrs, sample_nd)};
constexpr ExpansionRule rules[] = {{"Scatter", expand}, {"ScatterElements", expand}, {"ScatterND", expand}};

}  // namespace

std::span<const OpDef> scatter_ops();
std::span<const OpDef> scatter_ops() { return family; }
std::span<const ExpansionRule> scatter_expansions();
std::span<const ExpansionRule> scatter_expansions() { return rules; }

}  // namespace mote::ops
