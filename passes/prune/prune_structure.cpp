#include "passes/prune/prune_structure.hpp"

#include <algorithm>
#include <map>

#include "lib/quant/product_repair.hpp"
#include "lib/support/parallel.hpp"
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/held_out_copies.hpp"
#include "passes/prune/output_loss.hpp"
#include "passes/prune/product_references.hpp"
#include "passes/prune/removal_steps.hpp"
#include "passes/prune/remove_channels.hpp"
#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr SweepBounds bounds{.samples = 1024, .macs = 16'000'000'000, .bytes = 512 << 20};
constexpr std::int64_t fewest_sources = 8;
constexpr double share_of_round = 0.92;  // of the multiply-accumulates that stay

std::int64_t macs_of(const Graph& graph) { return compare_structures(graph, graph).macs_after; }

// Some columns of [count][columns].
std::vector<float> columns_of(const std::vector<float>& values, std::size_t columns,
                              std::span<const std::uint32_t> chosen) {
  std::vector<float> result;
  result.reserve(values.size() / columns * chosen.size());
  for (std::size_t row = 0; row < values.size(); row += columns)
    for (const std::uint32_t column : chosen) result.push_back(values[row + column]);
  return result;
}

bool is_split(const Graph& graph, const PruneOriginal& original) {
  return graph.nodes.size() != original.graph.nodes.size();
}

// By node of `graph`; what nodes of `original` gave that it still has, it shall give again.
Result<ProductReferences> references_of(const Graph& graph, const PruneOriginal& original) {
  if (!is_split(graph, original)) return original.references;
  std::map<std::size_t, std::size_t> nodes;  // of the original, by result
  for (std::size_t i = 0; i < original.references.size(); ++i)
    if (original.references[i]) nodes.emplace(*original.graph.nodes[i].outputs[0], i);
  const auto is_new = [&](const Node& node) { return !nodes.contains(*node.outputs[0]); };
  MOTE_TRY(ProductReferences references, product_references(graph, original.samples, is_new));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (const auto found = nodes.find(*graph.nodes[i].outputs[0]); found != nodes.end())
      references[i] = original.references[found->second];
  return references;
}

class Pruning {
 public:
  Pruning(Graph original, const ChosenSamples& samples, ProductReferences references, OutputLoss loss,
          bool spares_small_layers)
      : pruned_(std::move(original)),
        samples_(samples),
        references_(std::move(references)),
        loss_(std::move(loss)),
        origin_(every_channel(pruned_)),
        spares_small_layers_(spares_small_layers) {
    for (const auto& channels : origin_) whole_.push_back(channels.size());
  }

  // `repaired`: first of all.
  Result<Graph> run(const PruneOptions& options, bool repaired) && {
    MOTE_TRY_STATUS(read_products(repaired));
    while (true) {
      MOTE_TRY(const std::optional<PruneRound> round, options.goal(pruned_));
      if (!round || !shrink(*round)) return std::move(pruned_);
      MOTE_TRY_STATUS(read_products(true));
      if (options.progress) options.progress(macs_of(pruned_));
    }
  }

 private:
  // Calls body(node, sweep) in front of every product of the network as it is now; it may change the product.
  template <class Body>
  Status for_each_product(const Body& body) {
    MOTE_TRY(SampleSweep sweep, SampleSweep::start(pruned_, samples_.all, samples_.indices));
    for (std::size_t i = 0; i < pruned_.nodes.size(); ++i) {
      if (references_[i] && !references_[i]->places.empty()) body(i, sweep);
      sweep.compute(pruned_, i, SampleSweep::Lane::exact);
      sweep.release(pruned_, i);
    }
    return Ok{};
  }

  // What the original gave, for the channels that are left of one group.
  [[nodiscard]] std::vector<float> wanted_outputs(std::size_t node, const ProductGroups& groups,
                                                  std::size_t group) const {
    const std::vector<std::uint32_t>& kept = origin_[*pruned_.nodes[node].outputs[0]];
    const ProductReference& reference = *references_[node];
    return columns_of(reference.outputs, reference.outputs.size() / reference.places.size(),
                      std::span(kept).subspan(group * groups.outputs, groups.outputs));
  }

  // In topological order: what removing sets costs those that read them, every product being repaired before, from what
  // it now reads to what it gave in the original.
  Status read_products(bool repaired) {
    const ChannelSets sets(pruned_, std::vector(pruned_.values.size(), 0.0));
    readers_.clear();
    return for_each_product([&](std::size_t node, const SampleSweep& sweep) {
      if (repaired) repair(node, sweep);
      add_reader(node, sets, sweep);
    });
  }

  void repair(std::size_t node, const SampleSweep& sweep) {
    const OpView op{pruned_, pruned_.nodes[node]};
    const ProductGroups groups = groups_of(op);
    const ProductReference& reference = *references_[node];
    Tensor weights = op.constant(1), bias = bias_tensor(op);
    for_each_in_parallel(groups.groups, [&](std::size_t group) {
      const ProductRows rows = gather_exact_rows(op, group, reference.places, sweep);
      const std::vector<float> wanted = wanted_outputs(node, groups, group);
      put_parameters(groups, group,
                     repaired_product(parameters_of(op, group, weights, bias), rows, wanted, reference.held_out),
                     weights, bias);
    });
    replace_weights(pruned_, node, weights);
    replace_bias(pruned_, node, bias);
  }

  // Only products that mix channels read sets.
  void add_reader(std::size_t node, const ChannelSets& sets, const SampleSweep& sweep) {
    const OpView op{pruned_, pruned_.nodes[node]};
    if (groups_of(op).groups > 1) return;
    const ProductReference& reference = *references_[node];
    std::vector<Place> seen = reference.places;
    seen.resize(seen.size() - reference.held_out);
    const ProductRows rows = gather_exact_rows(op, 0, seen, sweep);
    SetReader reader{.node = node, .removal = {rows, parameters_of(op, 0, op.constant(1), bias_tensor(op))}};
    const std::size_t channels = channel_count(op.in(0));
    for (std::size_t k = 0; k < rows.inputs; ++k)
      if (const auto set = sets.set_of(op.node.inputs[0], k % channels)) reader.inputs[*set].push_back(k);
    readers_.push_back(std::move(reader));
  }

  // False: nothing is left to remove.
  bool shrink(const PruneRound& round) {
    const ChannelSets sets(pruned_, round.worth);
    loss_.look_at(pruned_);
    const RemovalPrices prices{.outputs = [&](std::span<const SetReader> tried) { return loss_with(tried); },
                               .whole = whole_,
                               .least = round.least,
                               .spares_small_layers = spares_small_layers_};
    RemovalSteps steps(sets, std::move(readers_), prices);
    const std::vector<std::size_t> removed = steps.take(round.wanted);
    if (removed.empty()) return false;
    const KeptChannels kept = channels_without(pruned_, sets, removed);
    forget_removed(kept);
    pruned_ = remove_channels(pruned_, kept, channel_facts(pruned_));
    return true;
  }

  double loss_with(std::span<const SetReader> tried) {
    std::vector<ChangedProduct> changed;
    for (const SetReader& reader : tried) changed.push_back({reader.node, reader.removal.parameters()});
    return loss_.with(changed);
  }

  void forget_removed(const KeptChannels& kept) {
    for (std::size_t i = 0; i < origin_.size(); ++i) {
      std::vector<std::uint32_t> left;
      for (const std::uint32_t c : kept[i]) left.push_back(origin_[i][c]);
      origin_[i] = std::move(left);
    }
  }

  Graph pruned_;
  const ChosenSamples& samples_;
  ProductReferences references_;
  OutputLoss loss_;
  std::vector<SetReader> readers_{};  // of the network as it is now
  KeptChannels origin_;               // which channels of the original are left
  std::vector<std::size_t> whole_{};  // by value: how many there were
  bool spares_small_layers_;
};

Result<Graph> prune_from(Graph graph, const PruneOriginal& original, const PruneOptions& options) {
  MOTE_TRY(ProductReferences references, references_of(graph, original));
  MOTE_TRY(OutputLoss loss, OutputLoss::start(original.graph, original.samples));
  const bool repaired = is_split(graph, original);
  return Pruning(std::move(graph), original.samples, std::move(references), std::move(loss),
                 options.spares_small_layers)
      .run(options, repaired);
}

}  // namespace

Graph with_own_parameters(Graph graph) {
  std::vector<bool> taken(graph.values.size(), false);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    if (!is_real_product({graph, node})) continue;
    replace_bias(graph, i, bias_tensor({graph, node}));
    const Value weights = graph.at(node.inputs[1]);
    if (taken[*node.inputs[1]]) node.inputs[1] = graph.add_constant(weights.name, weights.type, weights.data);
    taken.resize(graph.values.size(), false);
    taken[*node.inputs[1]] = true;
  }
  return graph;
}

PruneGoal keep_at_most(std::int64_t wanted) {
  return [wanted](const Graph& now) -> Result<std::optional<PruneRound>> {
    const std::int64_t macs = macs_of(now);
    if (macs <= wanted) return std::optional<PruneRound>{};
    const auto next = std::max(wanted, static_cast<std::int64_t>(share_of_round * static_cast<double>(macs)));
    return std::optional(PruneRound{.worth = macs_by_channel(now), .wanted = static_cast<double>(macs - next)});
  };
}

PruneGoal keep_macs(double share) {
  return
      [share, wanted = std::optional<std::int64_t>()](const Graph& now) mutable -> Result<std::optional<PruneRound>> {
        if (!wanted) wanted = static_cast<std::int64_t>(share * static_cast<double>(macs_of(now)));
        return keep_at_most(*wanted)(now);
      };
}

Result<ChosenSamples> samples_to_prune_by(const Graph& graph, const CalibrationSamples& samples, std::int64_t sources) {
  ChosenSamples chosen{.all = samples, .indices = choose_samples(graph, samples, bounds)};
  if (sources <= 0) sources = samples.count;
  if (chosen.indices.empty() || sources < fewest_sources)
    return Diagnostic{
        .code = Code::usage,
        .message = std::to_string(sources) + " samples are too few to prune by, or the network is too large",
        .help = {"give some hundred typical inputs with --calibration, 8 at least"}};
  chosen.held_out = made_of_held_out(chosen.indices, sources);
  return chosen;
}

Result<Graph> prune_structure(Graph graph, const PruneOptions& options) {
  graph = with_own_parameters(std::move(graph));
  if (options.original != nullptr) return prune_from(std::move(graph), *options.original, options);
  MOTE_TRY(const ChosenSamples samples, samples_to_prune_by(graph, options.samples, options.sources));
  const Graph original = graph;
  MOTE_TRY(ProductReferences references, product_references(original, samples));
  return prune_from(std::move(graph), {original, samples, std::move(references)}, options);
}

}  // namespace mote
