#include "passes/prune/split_choices.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr std::array shares{0.85, 0.75, 0.65, 0.55, 0.45, 0.35, 0.25};  // of a convolution's work
constexpr std::size_t rank_multiple = 4;  // what the kernels take side by side

// The most work within `most`; nothing: not even the least rank.
std::optional<ConvolutionSplit> within(const OpView& op, ConvolutionSplit split, std::int64_t most, std::size_t full_rank) {
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
      : op_{graph, graph.nodes[node]}, node_(node), moments_(input_moments(rows)),
        own_(parameters_of(op_, 0, op_.constant(1), op_.constant(2))), macs_(op_.node.op->macs(op_)) {
    for (const ConvolutionSplit& way : ways_to_split(op_))
      ways_.push_back({way, WeightFactoring(moments_, own_.weights, input_order(op_, way), block_count(op_, way))});
  }

  std::vector<SplitChoice> run(OutputLoss& loss, double before) const {
    std::vector<SplitChoice> choices;
    for (const double share : shares) {
      const auto most = static_cast<std::int64_t>(share * static_cast<double>(macs_));
      const Way* const best = best_within(most);
      if (best == nullptr) continue;
      SplitChoice choice = factored(*best, *within(op_, best->split, most, best->factoring.full_rank()));
      choice.loss = loss.with(std::array{changed(choice.convolution)}) - before;
      choices.push_back(std::move(choice));
    }
    return choices;
  }

 private:
  struct Way {
    ConvolutionSplit split{};
    WeightFactoring factoring;
  };

  [[nodiscard]] const Way* best_within(std::int64_t most) const {
    const Way* best = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const Way& way : ways_) {
      const auto split = within(op_, way.split, most, way.factoring.full_rank());
      const double loss = split ? way.factoring.estimated_loss(split->rank) : least;
      if (loss >= least) continue;
      least = loss;
      best = &way;
    }
    return best;
  }

  [[nodiscard]] SplitChoice factored(const Way& way, const ConvolutionSplit& split) const {
    return {.convolution = {.node = node_, .split = split, .factors = way.factoring.with_rank(split.rank), .bias = own_.bias},
            .macs_saved = macs_ - macs_of(op_, split)};
  }

  // As one product again; the bias makes up for what the mean of the inputs meant to the weights.
  [[nodiscard]] ChangedProduct changed(SplitConvolution& convolution) const {
    ChangedProduct product{.node = node_, .parameters = own_};
    product.parameters.weights = multiplied(convolution.factors, input_order(op_, convolution.split), block_count(op_, convolution.split));
    const std::size_t outputs = own_.bias.size();
    for (std::size_t k = 0; k < moments_.means.size(); ++k)
      for (std::size_t o = 0; o < outputs; ++o) {
        const double gone = static_cast<double>(own_.weights[k * outputs + o]) - static_cast<double>(product.parameters.weights[k * outputs + o]);
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

// Further on in a convolution's choices, from where it is.
struct Step {
  std::size_t convolution = 0, choice = 0;
  double price = std::numeric_limits<double>::infinity();  // loss per multiply-accumulate
};

}  // namespace

Result<std::vector<std::vector<SplitChoice>>> split_choices(const Graph& graph, const ChosenSamples& samples) {
  std::vector<std::vector<SplitChoice>> choices;
  MOTE_TRY(const std::vector<ProductReference> references, product_references(graph, samples));
  MOTE_TRY(OutputLoss loss, OutputLoss::start(graph, samples));
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, samples.all, samples.indices));
  const double before = loss.with({});
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const OpView op{graph, graph.nodes[i]};
    if (can_be_split(op)) {
      std::vector<Place> seen = references[i].places;
      seen.resize(seen.size() - references[i].held_out);
      choices.push_back(Choosing(graph, i, gather_exact_rows(op, 0, seen, sweep)).run(loss, before));
    }
    sweep.compute(graph, i, SampleSweep::Lane::exact);
    sweep.release(graph, i);
  }
  return choices;
}

std::vector<SplitConvolution> cheapest_splits(const std::vector<std::vector<SplitChoice>>& choices, std::int64_t macs) {
  std::vector<const SplitChoice*> chosen(choices.size(), nullptr);
  const auto step_to = [&](std::size_t convolution, std::size_t choice) {
    const SplitChoice& next = choices[convolution][choice];
    const SplitChoice* const now = chosen[convolution];
    const std::int64_t saved = next.macs_saved - (now == nullptr ? 0 : now->macs_saved);
    const double lost = next.loss - (now == nullptr ? 0.0 : now->loss);
    Step step{.convolution = convolution, .choice = choice};
    if (saved > 0) step.price = std::max(lost, 0.0) / static_cast<double>(std::min(saved, macs));
    return step;
  };
  while (macs > 0) {
    Step best;
    for (std::size_t convolution = 0; convolution < choices.size(); ++convolution)
      for (std::size_t choice = 0; choice < choices[convolution].size(); ++choice)
        if (const Step step = step_to(convolution, choice); step.price < best.price) best = step;
    if (best.price == std::numeric_limits<double>::infinity()) break;
    const SplitChoice& next = choices[best.convolution][best.choice];
    macs -= next.macs_saved - (chosen[best.convolution] == nullptr ? 0 : chosen[best.convolution]->macs_saved);
    chosen[best.convolution] = &next;
  }
  std::vector<SplitConvolution> splits;
  for (const SplitChoice* const choice : chosen)
    if (choice != nullptr) splits.push_back(choice->convolution);
  return splits;
}

}  // namespace mote
