// CDist (com.microsoft 1): the distances between the rows of A [N,F] and B [M,F], squared ("sqeuclidean") or not
// ("euclidean"). Exporters of nearest neighbours use it. Defined by SquaredDistance.
#include "lib/ops/support/enumerator.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

enum class Metric : std::uint8_t { squared, plain };
constexpr std::array<std::string_view, 2> metric_words{"sqeuclidean", "euclidean"};
constexpr AttrSpec distance_attrs[] = {{.name = "metric", .kind = AttrKind::text, .fallback = std::string_view("sqeuclidean")}};

Result<Metric> metric_of(const OpView& op) { return enumerator<Metric>(op, "metric", op.text("metric"), metric_words); }

Expansion expand(const OpView& op) {
  Expansion expansion;
  const auto squared = expansion.add("SquaredDistance", {Expansion::input(0), Expansion::input(1)});
  expansion.results = {*metric_of(op) == Metric::squared ? squared : expansion.add("Sqrt", {squared})};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "A", {DType::f32}));
  MOTE_TRY([[maybe_unused]] const Metric metric, metric_of(op));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const std::int64_t depth = rng.integer(1, 5);
  const auto rows = [&] {
    return Sample::Input{.type = {.dtype = DType::f32, .shape = shape_of({rng.integer(1, 5), depth})}};
  };
  return {.attrs = {{"metric", std::string(metric_words[static_cast<std::size_t>(rng.integer(0, 1))])}},
          .inputs = {rows(), rows()}};
}

constexpr OpDef family[] = {
    {.name = "CDist",
     .summary = "distances between two sets of points",
     .onnx = {.name = "CDist", .domain = "com.microsoft", .since = 1, .until = 1},
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = distance_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"CDist", expand}};

}  // namespace

std::span<const OpDef> point_distance_ops();
std::span<const OpDef> point_distance_ops() { return family; }
std::span<const ExpansionRule> point_distance_expansions();
std::span<const ExpansionRule> point_distance_expansions() { return rules; }

}  // namespace mote::ops
