#include "tools/learning_form.hpp"

#include <algorithm>

#include "passes/pass.hpp"
#include "passes/prune/prune.hpp"

namespace mote {
namespace {

std::span<const Pass>::iterator pass_named(std::span<const Pass> passes, std::string_view name) {
  const auto found = std::ranges::find(passes, name, &Pass::name);
  MOTE_CHECK(found != passes.end());
  return found;
}

}  // namespace

Result<Graph> real_form(Graph graph) {
  const std::span<const Pass> all = standard_pipeline();
  const Target target{};  // no pass before the plan looks at it
  const PassContext context{.target = target};
  MOTE_TRY(graph, run_passes({all.begin(), pass_named(all, "equalize")}, std::move(graph), context));
  return drop_channels(std::move(graph), context);
}

Result<Graph> form_with_levels(Graph graph, const QuantizeOptions& quantize) {
  MOTE_TRY(graph, real_form(std::move(graph)));
  const std::span<const Pass> all = standard_pipeline();
  const Target target{};
  const PassContext context{.target = target, .quantize = &quantize};
  return run_passes({pass_named(all, "equalize"), pass_named(all, "realize-integers")}, std::move(graph), context);
}

}  // namespace mote
