// ClassNames: mote's own; integers that stand for classes, with the names of those. The integers pass as they are; the
// names reach the header of the drop.
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec names_attrs[] = {{.name = "classlabels_strings", .kind = AttrKind::text, .required = true}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "positions", {DType::s64}));
  return Types{op.in(0)};
}

Sample sample(Rng& rng) {
  return {.attrs = {{"classlabels_strings", std::string("low,middle,high")}},
          .inputs = {{.type = {.dtype = DType::s64, .shape = random_shape(rng, 1, 2, 4)}, .low = 0.0F, .high = 2.0F}}};
}

constexpr OpDef family[] = {
    {.name = "ClassNames",
     .summary = "positions of classes, which have names",
     .attrs = names_attrs,
     .infer = infer,
     .eval = copy_eval,
     .views = whole_view,
     .lower = lower_copy,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> class_names_ops();
std::span<const OpDef> class_names_ops() { return family; }

}  // namespace mote::ops
