#include "passes/prune/prune_network.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>

#include "passes/prune/compare_structures.hpp"
#include "passes/prune/split_choices.hpp"

namespace mote {
namespace {

// What splits may lose at most, beside the best network so far. The former is known of samples that are seen, the
// latter of held-out ones, where losses are larger: so this is generous, and only saves time.
constexpr double hopeless = 2.0;

std::int64_t macs_of(const Graph& graph) { return compare_structures(graph, graph).macs_after; }

std::int64_t macs_to_keep(double share, std::int64_t whole) {
  return static_cast<std::int64_t>(share * static_cast<double>(whole));
}

struct Way {
  double share = 0.0;  // of what is saved, by splits
  bool spares_small_layers = false;
  auto operator<=>(const Way&) const = default;
};

std::string text_of(const Way& way, const Graph& graph, double loss) {
  char text[200];
  std::snprintf(
      text, sizeof text,
      "pruned to %lld multiply-accumulates, %.0f %% of the savings by splitting convolutions%s: held-out loss %.4f",
      static_cast<long long>(macs_of(graph)), 100.0 * way.share, way.spares_small_layers ? ", small layers spared" : "",
      loss);
  return text;
}

class Search {
 public:
  Search(PruneOriginal original, const NetworkPruneOptions& options, SplitChoices choices, OutputLoss judge)
      : original_(std::move(original)),
        options_(options),
        choices_(std::move(choices)),
        judge_(std::move(judge)),
        whole_(macs_of(original_.graph)),
        wanted_(macs_to_keep(options.macs, whole_)) {}

  Result<Graph> run() && {
    for (const double share : {0.0, 0.5, 1.0}) MOTE_TRY_STATUS(attempt({.share = share}));
    MOTE_TRY_STATUS(attempt({.share = between_best()}));
    MOTE_TRY_STATUS(attempt({.share = best_way().share, .spares_small_layers = true}));
    if (best_) return *std::move(best_);
    return Diagnostic{.code = Code::bad_data,
                      .message = "however the model is pruned, some of its results for held-out samples are not finite",
                      .where = {.file = {}, .node = {}, .op_type = {}, .value = judge_.spoiled_output()},
                      .help = {"keep more with --macs, or prune without the logarithms or divisions at the output"}};
  }

 private:
  Status attempt(const Way& way) {
    const ChosenSplits splits =
        cheapest_splits(choices_, static_cast<std::int64_t>(way.share * static_cast<double>(whole_ - wanted_)));
    if (losses_.contains(way) || (way.share > 0.0 && splits.convolutions.empty()) || splits.loss > hopeless * least())
      return Ok{};
    const PruneOptions rest{.samples = options_.samples,
                            .sources = options_.sources,
                            .goal = keep_at_most(wanted_),
                            .original = &original_,
                            .spares_small_layers = way.spares_small_layers};
    MOTE_TRY(Graph pruned, prune_structure(with_splits(original_.graph, splits.convolutions), rest));
    judge_.look_at(pruned);
    const double loss = judge_.with({}), least_before = least();
    losses_[way] = loss;
    if (options_.progress) options_.progress(text_of(way, pruned, loss));
    if (loss < least_before) best_ = std::move(pruned);
    return Ok{};
  }

  [[nodiscard]] double least() const {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& [way, loss] : losses_) least = std::min(least, loss);
    return least;
  }

  [[nodiscard]] Way best_way() const {
    const auto by_loss = [](const auto& a, const auto& b) { return a.second < b.second; };
    return std::ranges::min_element(losses_, by_loss)->first;
  }

  // Half way from the best share to the better one of its neighbours, 0.5 away.
  [[nodiscard]] double between_best() const {
    const double best = best_way().share;
    const auto loss_at = [&](double share) {
      const auto found = losses_.find({.share = share});
      return found == losses_.end() ? std::numeric_limits<double>::infinity() : found->second;
    };
    if (best == 0.0) return 0.25;
    return best == 1.0 || loss_at(1.0) < loss_at(0.0) ? 0.75 : 0.25;
  }

  PruneOriginal original_;
  const NetworkPruneOptions& options_;
  SplitChoices choices_;
  OutputLoss judge_;
  std::int64_t whole_, wanted_;
  std::map<Way, double> losses_{};  // held-out
  std::optional<Graph> best_{};
};

}  // namespace

Result<Graph> prune_network(Graph graph, const NetworkPruneOptions& options) {
  graph = with_own_parameters(std::move(graph));
  MOTE_TRY(const ChosenSamples samples, samples_to_prune_by(graph, options.samples, options.sources));
  const std::int64_t whole = macs_of(graph), wanted = macs_to_keep(options.macs, whole);
  if (wanted >= whole) return graph;
  MOTE_TRY(OutputLoss judge, OutputLoss::start(graph, samples, OutputLoss::Samples::held_out));
  const SplitSearch search{.wanted = whole - wanted, .progress = options.progress};
  MOTE_TRY(SplitChoices choices, split_choices(graph, samples, search));
  MOTE_TRY(ProductReferences references, product_references(graph, samples));
  return Search({graph, samples, std::move(references)}, options, std::move(choices), std::move(judge)).run();
}

}  // namespace mote
