#include "lib/ops/support/normalize_form.hpp"

#include <algorithm>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t most_loops = 3;

NormalizeForm form_of(const Shape& x, const std::vector<std::size_t>& axes, const Shape* parameters) {
  const auto strides = x.strides();
  const std::vector<std::int64_t> own = parameters != nullptr ? parameters->strides() : std::vector<std::int64_t>(x.rank(), 0);
  Walk kept{.extents = {}, .strides = {{}, {}}}, reduced = kept;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    Walk& walk = std::ranges::find(axes, axis) != axes.end() ? reduced : kept;
    walk.extents.push_back(x[axis]);
    walk.strides[0].push_back(strides[axis]);
    walk.strides[1].push_back(parameters == nullptr || (*parameters)[axis] == 1 ? 0 : own[axis]);
  }
  NormalizeForm form{.kept = merged(kept), .reduced = merged(reduced)};
  form.count = product(reduced.extents);
  return form;
}

bool has_room(const NormalizeForm& form) {
  return form.kept.extents.size() <= most_loops && form.reduced.extents.size() <= most_loops;
}

void append_loops(KernelCall& call, const std::string& kind, const Walk& walk) {
  const std::size_t unused = most_loops - walk.extents.size();
  const auto append = [&](const std::string& name, const std::vector<std::int64_t>& values, std::int64_t otherwise) {
    for (std::size_t i = 0; i < most_loops; ++i)
      call.fields.emplace_back(kind + name + std::to_string(i), field(i < unused ? otherwise : values[i - unused]));
  };
  append("_extent", walk.extents, 1);
  append("_stride", walk.strides[0], 0);
  append("_parameter_stride", walk.strides[1], 0);
}

}  // namespace

Result<NormalizeForm> normalize_form(const OpView& op, const Shape* parameters) {
  const Shape& x = op.in(0).shape;
  MOTE_TRY(const auto axes, normalized_axes(op, "axes", op.integers("axes"), x.rank()));
  bool fits = parameters == nullptr || parameters->rank() == x.rank();
  for (std::size_t axis = 0; fits && parameters != nullptr && axis < x.rank(); ++axis)
    fits = (*parameters)[axis] == 1 || (*parameters)[axis] == x[axis];
  if (!fits)
    return at(op, Code::shape_mismatch,
              "the parameters are " + parameters->text() + ", expected the extents of x, " + x.text() + ", or 1");
  NormalizeForm form = form_of(x, axes, parameters);
  if (has_room(form)) return form;
  return at(op, Code::unsupported_form,
            "the axes of x, " + x.text() + ", alternate more than three times between those that are normalized and others",
            {"transpose the input so that normalized axes lie together"});
}

bool has_normalize_form(const Shape& x, const std::vector<std::size_t>& axes, const Shape* parameters) {
  return has_room(form_of(x, axes, parameters));
}

bool is_contiguous(const NormalizeForm& form) {
  const auto last = form.reduced.strides[0].back();
  const bool one_run = form.reduced.extents.size() == 1 && (last == 1 || form.count <= 1);
  return one_run && form.kept.extents.size() == 1;
}

void append_normalize_fields(KernelCall& call, const NormalizeForm& form) {
  append_loops(call, "kept", form.kept);
  append_loops(call, "reduced", form.reduced);
  call.fields.emplace_back("count", field(form.count));
}

NormalizeSample sample_normalize(Rng& rng) {
  NormalizeSample sample{.x = random_shape(rng, 1, 5, 4)};
  std::vector<std::size_t> axes;
  do {
    axes.clear();
    for (std::size_t axis = 0; axis < sample.x.rank(); ++axis)
      if (rng.chance(2)) axes.push_back(axis);
    std::vector<std::int64_t> extents = extents_of(sample.x);
    for (std::int64_t& extent : extents)
      if (rng.chance(2)) extent = 1;
    sample.parameters = shape_of(std::move(extents));
  } while (!has_normalize_form(sample.x, axes, &sample.parameters));
  for (const std::size_t axis : axes) sample.axes.push_back(random_spelling(rng, axis, sample.x.rank()));
  return sample;
}

}  // namespace mote::ops
