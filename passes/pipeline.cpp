#include <algorithm>
#include <optional>
#include <vector>

#include "lib/ops/verify.hpp"
#include "passes/canonical/canonical.hpp"
#include "passes/pass.hpp"

namespace mote {
namespace {

// A graph that breaks an invariant after a pass is that pass's fault, unless an operator simply has no kernel.
Diagnostics blame(const Pass& pass, Diagnostics problems) {
  for (Diagnostic& problem : problems) {
    if (problem.code == Code::stage_violation) continue;
    problem.message = "after pass '" + std::string(pass.name) + "': " + problem.message;
    problem.code = Code::internal;
  }
  return problems;
}

}  // namespace

std::span<const Pass> standard_pipeline() {
  static const std::vector<Pass> passes{
      // First of all: decoration hides patterns from every later pass.
      {"drop-identity", "forward the operands of nodes that change nothing", Stage::canonical, Promise::bit_exact,
       drop_identity},
      // Last: what the rewrites left unread, constants included, must not reach the drop.
      {"dead-code", "remove what no output depends on", Stage::canonical, Promise::bit_exact, dead_code},
  };
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
    std::optional<Graph> before;
    if (observe) before = graph;  // cheap: weights are shared
    MOTE_TRY(graph, pass.run(std::move(graph), context));
    if (Status status = verify(graph, pass.after); !status) return blame(pass, std::move(status.errors()));
    if (observe) MOTE_TRY_STATUS(observe(pass, *before, graph));
  }
  return graph;
}

}  // namespace mote
