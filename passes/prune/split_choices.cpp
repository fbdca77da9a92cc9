#include "passes/prune/split_choices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "lib/support/parallel.hpp"
#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr int most_percent = 90, least_percent = 20, percent_step = 5;  // of a convolution's work
constexpr std::size_t rank_multiple = 4;                                // what the kernels take side by side

// The most work within `most`; nothing: not even the least rank.
std::optional<ConvolutionSplit> within(const OpView& op, ConvolutionSplit split, std::int64_t most,
                                       std::size_t full_rank) {
  split.rank = rank_multiple;
  const std::int64_t step = macs_of(op, split);
  if (step > most || full_rank < rank_multiple) return std::nullopt;
  const auto fits = static_cast<std::size_t>(most / step) * rank_multiple;
  split.rank = std::min(fits, full_rank / rank_multiple * rank_multiple);
  return split;
}

class Choosing {
 public:
  Choosing(const Graph& graph, std::size_t node, const ProductRows& rows)
      : op_{graph, graph.nodes[node]},
        node_(node),
        moments_(input_moments(rows)),
        own_(parameters_of(op_, 0, op_.constant(1), op_.constant(2))),
        macs_(op_.node.op->macs(op_)) {
    for (const ConvolutionSplit& way : ways_to_split(op_))
      if (macs_of(op_, with_least_rank(way)) <= most_macs(most_percent))
        ways_.push_back({way, WeightFactoring(moments_, own_.weights, input_order(op_, way), block_count(op_, way))});
  }

  // Not beyond the first that saves what is wanted.
  std::vector<SplitChoice> run(OutputLoss& loss, double before, std::int64_t wanted) const {
    const std::vector<Candidate> candidates = candidates_for(wanted);
    std::vector<SplitChoice> choices(candidates.size());
    for_each_in_parallel(choices.size(), [&](std::size_t i) { choices[i] = factored(candidates[i]); });
    for (SplitChoice& choice : choices) choice.loss = loss.with(std::array{changed(choice.convolution)}) - before;
    std::erase_if(choices, [](const SplitChoice& choice) { return !std::isfinite(choice.loss); });
    return choices;
  }

 private:
  struct Way {
    ConvolutionSplit split{};
    WeightFactoring factoring;
  };
  struct Candidate {
    const Way& way;
    ConvolutionSplit split{};
  };

  static ConvolutionSplit with_least_rank(ConvolutionSplit way) {
    way.rank = rank_multiple;
    return way;
  }
  [[nodiscard]] std::int64_t most_macs(int percent) const { return macs_ * percent / 100; }

  [[nodiscard]] std::vector<Candidate> candidates_for(std::int64_t wanted) const {
    std::vector<Candidate> candidates;
    std::int64_t saved = 0;
    for (int percent = most_percent; percent >= least_percent && saved < wanted; percent -= percent_step) {
      const std::int64_t most = most_macs(percent);
      const Way* const best = best_within(most);
      if (best == nullptr || (!candidates.empty() && macs_ - saved <= most)) continue;  // the last is within this, too
      candidates.push_back({*best, *within(op_, best->split, most, best->factoring.full_rank())});
      saved = macs_ - macs_of(op_, candidates.back().split);
    }
    return candidates;
  }

  [[nodiscard]] const Way* best_within(std::int64_t most) const {
    const Way* best = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const Way& way : ways_) {
      const auto split = within(op_, way.split, most, way.factoring.full_rank());
      const double loss = split ? way.factoring.estimated_loss(split->rank) : least;
      if (!(loss < least)) continue;
      least = loss;
      best = &way;
    }
    return best;
  }

  [[nodiscard]] SplitChoice factored(const Candidate& candidate) const {
    const ConvolutionSplit& split = candidate.split;
    return {.convolution = {.node = node_,
                            .split = split,
                            .factors = candidate.way.factoring.with_rank(split.rank),
                            .bias = own_.bias},
            .macs_saved = macs_ - macs_of(op_, split)};
  }

  // As one product again; the bias makes up for what the mean of the inputs meant to the weights.
  [[nodiscard]] ChangedProduct changed(SplitConvolution& convolution) const {
    ChangedProduct product{.node = node_, .parameters = own_};
    product.parameters.weights =
        multiplied(convolution.factors, input_order(op_, convolution.split), block_count(op_, convolution.split));
    const std::size_t outputs = own_.bias.size();
    for (std::size_t k = 0; k < moments_.means.size(); ++k)
      for (std::size_t o = 0; o < outputs; ++o) {
        const double gone = static_cast<double>(own_.weights[k * outputs + o]) -
                            static_cast<double>(product.parameters.weights[k * outputs + o]);
        convolution.bias[o] += static_cast<float>(moments_.means[k] * gone);
      }
    product.parameters.bias = convolution.bias;
    return product;
  }

  OpView op_;
  std::size_t node_;
  InputMoments moments_;
  ProductParameters own_;
  std::int64_t macs_;
  std::vector<Way> ways_{};
};

// At most one choice of each convolution.
class Selection {
 public:
  explicit Selection(const SplitChoices& choices) : choices_(choices), chosen_(choices.size(), nullptr) {}

  // False: nothing is left that saves more.
  bool save_more(std::int64_t wanted) {
    return take_best([&](std::int64_t saved, double lost) {
      return saved > 0 ? std::max(lost, 0.0) / static_cast<double>(std::min(saved, wanted - saved_)) : none;
    });
  }
  // False: nothing that loses less leaves as much saved.
  bool give_back(std::int64_t wanted) {
    return take_best(
        [&](std::int64_t saved, double lost) { return lost < 0.0 && saved_ + saved >= wanted ? lost : none; });
  }

  [[nodiscard]] std::int64_t saved() const { return saved_; }
  [[nodiscard]] ChosenSplits splits() const {
    ChosenSplits splits;
    for (const SplitChoice* const choice : chosen_) {
      if (choice == nullptr) continue;
      splits.convolutions.push_back(choice->convolution);
      splits.loss += choice->loss;
    }
    return splits;
  }

 private:
  static constexpr double none = std::numeric_limits<double>::infinity();

  // Of all choices the one with the least price(what it saves beyond the one taken now, what it loses beyond that).
  template <class Price>
  bool take_best(const Price& price) {
    double least = none;
    std::size_t convolution = 0;
    const SplitChoice* best = nullptr;
    const auto try_one = [&](std::size_t i, const SplitChoice* choice) {
      const double found = price(saved_by(choice) - saved_by(chosen_[i]), loss_of(choice) - loss_of(chosen_[i]));
      if (!(found < least)) return;
      least = found;
      convolution = i;
      best = choice;
    };
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      try_one(i, nullptr);
      for (const SplitChoice& choice : choices_[i]) try_one(i, &choice);
    }
    if (least == none) return false;
    saved_ += saved_by(best) - saved_by(chosen_[convolution]);
    chosen_[convolution] = best;
    return true;
  }

  // Of a convolution that may stay as it is.
  static std::int64_t saved_by(const SplitChoice* choice) { return choice == nullptr ? 0 : choice->macs_saved; }
  static double loss_of(const SplitChoice* choice) { return choice == nullptr ? 0.0 : choice->loss; }

  const SplitChoices& choices_;
  std::vector<const SplitChoice*> chosen_;
  std::int64_t saved_ = 0;
};

}  // namespace

Result<SplitChoices> split_choices(const Graph& graph, const ChosenSamples& samples, const SplitSearch& search) {
  SplitChoices choices;
  MOTE_TRY(OutputLoss loss, OutputLoss::start(graph, samples));
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, samples.all, samples.indices));
  const double before = loss.with({});
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const OpView op{graph, graph.nodes[i]};
    if (can_be_split(op)) {
      const ProductRows rows = gather_exact_rows(op, 0, seen_places(graph, i, samples), sweep);
      choices.push_back(Choosing(graph, i, rows).run(loss, before, search.wanted));
      if (search.progress)
        search.progress(op.node.origin.node + ": tried " + std::to_string(choices.back().size()) + " splits");
    }
    sweep.compute(graph, i, SampleSweep::Lane::exact);
    sweep.release(graph, i);
  }
  return choices;
}

ChosenSplits cheapest_splits(const SplitChoices& choices, std::int64_t macs) {
  Selection selection(choices);
  while (selection.saved() < macs && selection.save_more(macs)) {}
  while (selection.saved() > macs && selection.give_back(macs)) {}
  return selection.splits();
}

}  // namespace mote
