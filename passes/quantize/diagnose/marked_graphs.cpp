#include "passes/quantize/diagnose/marked_graphs.hpp"

#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"

namespace mote {

Result<MarkedGraphs> marked_graphs(const Graph& graph, const QuantizeOptions& quantize) {
  MarkedGraphs marked;
  const auto keep = [&](const Pass& pass, const Graph&, const Graph& after) -> Status {
    if (pass.name == "calibrate") marked.real = after;
    if (pass.name == "fit-weights") marked.fitted = after;
    return Ok{};
  };
  // What becomes of weights and grids is the same on every target; trees, which are neither, ask how much room there is.
  MOTE_TRY(const Target target, load_target("host"));
  MOTE_TRY_STATUS(run_passes(standard_pipeline(), graph, {.target = target, .quantize = &quantize}, keep));
  return marked;
}

}  // namespace mote
