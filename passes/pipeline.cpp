#include <algorithm>
#include <vector>

#include "passes/pass.hpp"

namespace mote {

std::span<const Pass> standard_pipeline() {
  static const std::vector<Pass> passes{};
  return passes;
}

const Pass* find_pass(std::string_view name) {
  const auto passes = standard_pipeline();
  const auto found = std::ranges::find(passes, name, &Pass::name);
  return found == passes.end() ? nullptr : &*found;
}

Result<Graph> run_passes(std::span<const Pass> passes, Graph graph, const PassContext& context,
                         const PassObserver& observe) {
  for (const Pass& pass : passes) {
    const Graph before = graph;  // cheap: weights are shared
    MOTE_TRY(graph, pass.run(std::move(graph), context));
    if (observe) MOTE_TRY_STATUS(observe(pass, before, graph));
  }
  return graph;
}

}  // namespace mote
