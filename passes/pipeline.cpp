#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "lib/ops/verify.hpp"
#include "passes/canonical/canonical.hpp"
#include "passes/fuse/fuse.hpp"
#include "passes/pass.hpp"
#include "passes/prune/prune.hpp"
#include "passes/quantize/pack_weights.hpp"
#include "passes/quantize/quantize.hpp"
#include "passes/quantize/skip_zeros.hpp"
#include "passes/trees/trees.hpp"

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

std::string_view name_of(Promise promise) {
  constexpr std::array<std::string_view, 3> names{"bit-exact", "rounding", "quantizes"};
  return names[static_cast<std::size_t>(promise)];
}

std::span<const Pass> standard_pipeline() {
  using enum Stage;
  using enum Promise;
  static const std::vector<Pass> passes{
      // First of all: decoration hides patterns from every later pass.
      {"drop-identity", "forward the operands of nodes that change nothing", canonical, bit_exact, drop_identity},
      // Before quantized values are marked: what operators on stored integers stand for is such values.
      {"expand", "rewrite operators that are defined by others", canonical, rounding, expand},
      // Before constants are folded, which would turn quantized weights and their scales into plain ones (they keep
      // their levels) but leaves pairs on activations in the way of every pattern.
      {"pair-quantization", "mark quantized values with FakeQuantize", canonical, bit_exact, pair_quantization},
      // Before decomposing: parameters that exporters compute from other constants must be seen as constants.
      {"fold-constants", "evaluate what does not depend on the inputs", canonical, bit_exact, fold_constants},
      // Its constants are known now, and its divisions still are divisions.
      {"spelled-quantization", "recognise quantization written out in arithmetic", canonical, rounding,
       spelled_quantization},
      // Trees are not touched by anything else; what they read and write is decided early.
      {"lower-trees", "rewrite tree ensembles as features, leaves and votes", canonical, rounding, lower_trees},
      // Later patterns see a small core instead of many names for the same thing.
      {"decompose", "rewrite compound operators as core ones", canonical, rounding, decompose},
      // Before the layout changes: two equal branches would be transposed twice and look different.
      {"common-subexpressions", "compute equal things once", canonical, bit_exact, common_subexpressions},
      // From here on convolutions and pools keep channels last, between Transposes.
      {"to-nhwc", "lay convolutions and pools out with channels last", canonical, rounding, to_nhwc},
      // Before the Transposes move: they would come to lie between a Pad and its convolution.
      {"fold-pad", "turn Pad nodes into the padding of windows", canonical, rounding, fold_pad},
      // The Transposes vanish wherever two of them meet.
      {"sink-transposes", "move transposes down until they cancel", canonical, rounding, sink_transposes},
      // A view between a product and its bias, sum or clamp hides them from the fusions.
      {"simplify-reshapes", "merge reshapes and move them behind element-wise operators", canonical, bit_exact,
       simplify_reshapes},
      // Constants that were transposed, and casts of constants, become plain weights again.
      {"fold-constants", "evaluate what does not depend on the inputs", canonical, bit_exact, fold_constants},
      // Branches that differed only in their layout are equal now; nodes must have their final number of readers
      // before fusions ask for it.
      {"common-subexpressions", "compute equal things once", canonical, bit_exact, common_subexpressions},
      {"drop-identity", "forward the operands of nodes that change nothing", canonical, bit_exact, drop_identity},
      {"dead-code", "remove what no output depends on", canonical, bit_exact, dead_code},
      // Before factors and shifts are folded: of features that differ in size they are what makes them alike.
      {"scale-features", "keep the scaling of uneven features in front of integers", fused, rounding, scale_features},
      // Before fold-pad: a shift may enter a convolution only as long as that has no padding of its own.
      {"fold-batch-norm", "fold factors and shifts per channel into weights and biases", fused, rounding,
       fold_batch_norm},
      // Again, for pads that stood behind Transposes or Reshapes; before the clamps are fused, because a Relu in front
      // of a Pad says that nothing is below 0.
      {"fold-pad", "turn Pad nodes into the padding of windows", fused, rounding, fold_pad},
      // After the biases: a residual is added behind them. Before the clamps: those come last in a product.
      {"fuse-residual", "add the other branch inside the product that ends a branch", fused, bit_exact, fuse_residual},
      {"fuse-clamp", "clamp inside the product", fused, bit_exact, fuse_clamp},
      // Behind every other rewrite, which sees these operators whole; what they become gets grids of its own.
      {"expand-reductions", "write reductions out as sums and tables, if quantizing", fused, rounding,
       expand_reductions},
      // Before ranges are seen: it changes them. After the fusions: factors pass through what is left between products.
      {"equalize", "even out the channels of activations, if quantizing", fused, rounding, equalize},
      // From here on everything is as it will run; what calibration sees is what the integers will hold.
      {"calibrate", "choose a grid for every activation", fused, quantizes, calibrate},
      // On the grids just chosen, and before the weights become integers.
      {"fit-weights", "round weights so that each layer's output comes out right", fused, quantizes, fit_weights},
      {"realize-integers", "compute between quantized values in integers", fused, quantizes, realize_integers},
      // After calibration, which sees the network as it was made, so that quantized results do not depend on this pass:
      // of levels it is known exactly what matters.
      {"drop-channels", "leave out channels that no output depends on", fused, rounding, drop_channels},
      // All tables there are, each behind its producer.
      {"fuse-tables", "apply tables where the products in front of them store", fused, bit_exact, fuse_tables},
      {"integer-interface", "hand inputs and outputs over as integers, if asked to", fused, quantizes, integer_interface},
      {"rank-interface", "take the features of trees as ranks, if asked to", fused, quantizes, rank_interface},
      // When no other pass looks at products any more. Before the other form that weights may take.
      {"skip-zeros", "store only weights that are not 0, where that pays", fused, bit_exact, skip_zeros},
      {"pack-weights", "store weights of few bits in as few bytes", fused, bit_exact, pack_weights},
      // Last: what the rewrites left unread, constants included, must not reach the drop.
      {"dead-code", "remove what no output depends on", lowerable, bit_exact, dead_code},
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
