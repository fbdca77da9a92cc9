#include "passes/prune/prune_weights.hpp"

#include <algorithm>

#include "lib/ops/support/sparse_weights.hpp"
#include "lib/quant/product_repair.hpp"
#include "lib/quant/weight_removal.hpp"
#include "passes/prune/held_out_copies.hpp"
#include "passes/prune/product_references.hpp"
#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr SweepBounds bounds{.samples = 1024, .macs = 16'000'000'000, .bytes = 512 << 20};
constexpr std::int64_t fewest_sources = 8;

std::ptrdiff_t reads_of(const Graph& graph, ValueId id) {
  std::ptrdiff_t reads = 0;
  for (const Node& node : graph.nodes) reads += std::ranges::count(node.inputs, id);
  return reads;
}

bool may_be_thinned(const OpView& op, const ops::StreamBlock& block) {
  if (!is_real_product(op) || op.node.op->name == "DepthwiseConv2d") return false;
  const ProductGroups groups = groups_of(op);
  return groups.groups == 1 && groups.places > 0 && reads_of(op.graph, op.node.inputs[1]) == 1 &&
         ops::fits_stream(ops::kernel_rows_of(op), block);
}

class Thinning {
 public:
  Thinning(Graph graph, const ChosenSamples& samples, ProductReferences references, const WeightPruneOptions& options)
      : graph_(std::move(graph)), samples_(samples), references_(std::move(references)), options_(options) {}

  Result<Graph> run() && {
    losses_.resize(graph_.nodes.size());
    MOTE_TRY_STATUS(for_each_product([&](std::size_t node, const SampleSweep& sweep) {
      const OpView op{graph_, graph_.nodes[node]};
      losses_[node] = WeightRemoval(rows_of(node, seen_places(node), sweep), own_parameters(op), block_of(op)).losses();
    }));
    const std::vector<double> shares = shares_by_node();
    MOTE_TRY_STATUS(
        for_each_product([&](std::size_t node, const SampleSweep& sweep) { thin(node, shares[node], sweep); }));
    return std::move(graph_);
  }

 private:
  // Calls body(node, sweep) in front of every product that may lose weights; it may change the product.
  template <class Body>
  Status for_each_product(const Body& body) {
    MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph_, samples_.all, samples_.indices));
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (may_be_thinned({graph_, graph_.nodes[i]}, options_.block)) body(i, sweep);
      sweep.compute(graph_, i, SampleSweep::Lane::exact);
      sweep.release(graph_, i);
    }
    return Ok{};
  }

  [[nodiscard]] WeightBlock block_of(const OpView& op) const {
    const ops::KernelRows rows = ops::kernel_rows_of(op);
    return {.outputs = static_cast<std::size_t>(options_.block.channels),
            .inputs = static_cast<std::size_t>(options_.block.inputs),
            .row = static_cast<std::size_t>(rows.columns * rows.depth)};
  }
  [[nodiscard]] ProductRows rows_of(std::size_t node, const std::vector<Place>& places,
                                    const SampleSweep& sweep) const {
    return gather_exact_rows({graph_, graph_.nodes[node]}, 0, places, sweep);
  }
  // What is held out only judges repairs.
  [[nodiscard]] std::vector<Place> seen_places(std::size_t node) const {
    const ProductReference& reference = *references_[node];
    return {reference.places.begin(), reference.places.end() - static_cast<std::ptrdiff_t>(reference.held_out)};
  }
  static ProductParameters own_parameters(const OpView& op) {
    return parameters_of(op, 0, op.constant(1), bias_tensor(op));
  }

  // The cheapest of all blocks go, until no product may lose more or enough are gone.
  [[nodiscard]] std::vector<double> shares_by_node() const {
    struct Candidate {
      double loss;
      std::size_t node;
    };
    std::vector<Candidate> all;
    for (std::size_t node = 0; node < losses_.size(); ++node)
      for (const double loss : losses_[node]) all.push_back({loss, node});
    std::ranges::stable_sort(all, {}, &Candidate::loss);
    auto left = static_cast<std::size_t>(options_.share * static_cast<double>(all.size()));
    const double most = 0.5 * (1.0 + options_.share);
    std::vector<double> gone(losses_.size(), 0.0);
    for (const Candidate& candidate : all) {
      if (left == 0) break;
      if (gone[candidate.node] + 1.0 > most * static_cast<double>(losses_[candidate.node].size())) continue;
      gone[candidate.node] += 1.0;
      --left;
    }
    for (std::size_t node = 0; node < gone.size(); ++node)
      if (!losses_[node].empty()) gone[node] = (gone[node] + 0.5) / static_cast<double>(losses_[node].size());
    return gone;
  }

  void thin(std::size_t node, double share, const SampleSweep& sweep) {
    const OpView op{graph_, graph_.nodes[node]};
    const ProductReference& reference = *references_[node];
    const ProductParameters repaired = repaired_product(own_parameters(op), rows_of(node, reference.places, sweep),
                                                        reference.outputs, reference.held_out);
    const ProductRows seen = rows_of(node, seen_places(node), sweep);
    Tensor weights = op.constant(1), bias = bias_tensor(op);
    put_parameters(groups_of(op), 0, WeightRemoval(seen, repaired, block_of(op)).without(share), weights, bias);
    replace_weights(graph_, node, weights);
    replace_bias(graph_, node, bias);
  }

  Graph graph_;
  const ChosenSamples& samples_;
  ProductReferences references_;  // by node
  const WeightPruneOptions& options_;
  std::vector<std::vector<double>> losses_{};  // by node, by block; empty: nothing may go
};

}  // namespace

std::vector<std::string> layers_kept_whole(const Graph& graph, const ops::StreamBlock& block) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes)
    if (is_real_product({graph, node}) && !may_be_thinned({graph, node}, block)) names.push_back(node.origin.node);
  return names;
}

Result<Graph> prune_weights(Graph graph, const WeightPruneOptions& options) {
  if (std::ranges::none_of(graph.nodes, [&](const Node& node) { return may_be_thinned({graph, node}, options.block); }))
    return Diagnostic{.code = Code::usage,
                      .message = "no layer has weights that may become 0 in blocks of " + ops::text_of(options.block) +
                                 ": found none without groups, with whole blocks and weights of its own",
                      .help = {"give a smaller --block, or take whole channels away with --macs"}};
  const std::int64_t sources = options.sources > 0 ? options.sources : options.samples.count;
  if (sources >= fewest_sources) {
    ChosenSamples samples{.all = options.samples, .indices = choose_samples(graph, options.samples, bounds)};
    if (!samples.indices.empty()) {
      samples.held_out = made_of_held_out(samples.indices, sources);
      MOTE_TRY(ProductReferences references, product_references(graph, samples));
      return Thinning(std::move(graph), samples, std::move(references), options).run();
    }
  }
  return Diagnostic{
      .code = Code::usage,
      .message = std::to_string(sources) + " samples are too few to prune by, or the network is too large",
      .help = {"give some hundred typical inputs with --calibration, 8 at least"}};
}

}  // namespace mote
