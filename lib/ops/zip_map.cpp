// ZipMap (ai.onnx.ml 1): names the columns of a matrix of scores. A tensor has no names, so the scores pass as they are;
// the names of classes travel with the classifier.
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec zip_map_attrs[] = {{.name = "classlabels_int64s", .kind = AttrKind::integers},
                                      {.name = "classlabels_strings", .kind = AttrKind::text}};

Result<Types> infer(const OpView& op) { return Types{op.in(0)}; }

Sample sample(Rng& rng) {
  return {.attrs = {}, .inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 1, 2, 5)}}}};
}

constexpr OpDef family[] = {
    {.name = "ZipMap",
     .summary = "scores with names for their columns; the scores pass, without the names",
     .onnx = {.name = "ZipMap", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = zip_map_attrs,
     .infer = infer,
     .eval = copy_eval,
     .views = whole_view,
     .lower = lower_copy,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> zip_map_ops();
std::span<const OpDef> zip_map_ops() { return family; }

}  // namespace mote::ops
