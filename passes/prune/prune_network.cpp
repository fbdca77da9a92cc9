#include "passes/prune/prune_network.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>

#include "passes/prune/compare_structures.hpp"
#include "passes/prune/split_choices.hpp"

namespace mote {
namespace {

constexpr double hopeless = 2.0;  // what splits may lose at most, beside the best network so far

std::int64_t macs_of(const Graph& graph) { return compare_structures(graph, graph).macs_after; }

std::string text_of(double share, const Graph& graph, double loss) {
  char text[160];
  std::snprintf(text, sizeof text, "pruned to %lld multiply-accumulates, %.0f %% of the savings by splitting convolutions: held-out loss %.4f",
                static_cast<long long>(macs_of(graph)), 100.0 * share, loss);
  return text;
}

class Search {
 public:
  Search(const Graph& original, const NetworkPruneOptions& options, std::vector<std::vector<SplitChoice>> choices,
         OutputLoss judge)
      : original_(original), options_(options), choices_(std::move(choices)), judge_(std::move(judge)), whole_(macs_of(original)),
        wanted_(static_cast<std::int64_t>(options.macs * static_cast<double>(whole_))) {}

  Result<Graph> run() && {
    for (const double share : {0.0, 0.5, 1.0}) MOTE_TRY_STATUS(attempt(share));
    MOTE_TRY_STATUS(attempt(between_best()));
    MOTE_CHECK(best_);
    return *std::move(best_);
  }

 private:
  // `share`: of what is saved, by splits.
  Status attempt(double share) {
    const ChosenSplits splits = cheapest_splits(choices_, static_cast<std::int64_t>(share * static_cast<double>(whole_ - wanted_)));
    if (losses_.contains(share) || (share > 0.0 && splits.convolutions.empty()) || splits.loss > hopeless * least()) return Ok{};
    const PruneOptions rest{.samples = options_.samples,
                            .sources = options_.sources,
                            .goal = keep_at_most(wanted_),
                            .original = splits.convolutions.empty() ? nullptr : &original_};
    MOTE_TRY(Graph pruned, prune_structure(with_splits(original_, splits.convolutions), rest));
    judge_.look_at(pruned);
    const double loss = judge_.with({}), least_before = least();
    losses_[share] = loss;
    if (options_.progress) options_.progress(text_of(share, pruned, loss));
    if (loss < least_before) best_ = std::move(pruned);
    return Ok{};
  }

  [[nodiscard]] double least() const {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& [share, loss] : losses_) least = std::min(least, loss);
    return least;
  }

  // Half way from the best share to the better one of its neighbours, 0.5 away.
  [[nodiscard]] double between_best() const {
    const auto by_loss = [](const auto& a, const auto& b) { return a.second < b.second; };
    const double best = std::ranges::min_element(losses_, by_loss)->first;
    const auto loss_at = [&](double share) {
      const auto found = losses_.find(share);
      return found == losses_.end() ? std::numeric_limits<double>::infinity() : found->second;
    };
    if (best == 0.0) return 0.25;
    return best == 1.0 || loss_at(1.0) < loss_at(0.0) ? 0.75 : 0.25;
  }

  const Graph& original_;
  const NetworkPruneOptions& options_;
  std::vector<std::vector<SplitChoice>> choices_;
  OutputLoss judge_;
  std::int64_t whole_, wanted_;
  std::map<double, double> losses_{};  // held-out, by share
  std::optional<Graph> best_{};
};

}  // namespace

Result<Graph> prune_network(Graph graph, const NetworkPruneOptions& options) {
  MOTE_TRY(const ChosenSamples samples, samples_to_prune_by(graph, options.samples, options.sources));
  graph = with_own_parameters(std::move(graph));
  MOTE_TRY(std::vector<std::vector<SplitChoice>> choices, split_choices(graph, samples));
  MOTE_TRY(OutputLoss judge, OutputLoss::start(graph, samples, OutputLoss::Samples::held_out));
  return Search(graph, options, std::move(choices), std::move(judge)).run();
}

}  // namespace mote
