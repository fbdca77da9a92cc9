// fit-weights: behind `calibrate`, product by product in topological order, weights move to those of their levels with
// which the layer's output comes closest to that of the real network, given what the quantized layers before it pass on;
// the bias takes the mean of what is still missing. The mathematics is lib/quant/product_fit.hpp. Weights that lie on
// levels, as those of models that come quantized, stay as they are.
#include <algorithm>

#include "lib/quant/product_fit.hpp"
#include "lib/quant/weight_scale.hpp"
#include "lib/support/parallel.hpp"
#include "passes/quantize/diagnose/selective_run.hpp"
#include "passes/quantize/fit/product_parameters.hpp"
#include "passes/quantize/fit/weight_bits.hpp"
#include "passes/quantize/quantize.hpp"

namespace mote {
namespace {

using Lane = SampleSweep::Lane;

constexpr std::int64_t most_samples = 256;
constexpr std::size_t held_out_one_in = 4;
constexpr std::int64_t most_rows = 4096, most_held_out_rows = 1024, fewest_held_out_rows = 16;
constexpr std::int64_t most_row_elements = 4 << 20;
// Multiply-accumulates on all products together; what would exceed them keeps its nearest levels. Few seconds.
constexpr std::int64_t most_macs = 12'000'000'000;

// About what the fit of all groups costs.
std::int64_t macs_of(const ProductGroups& groups, std::int64_t rows, const ProductFitOptions& options) {
  const auto inputs = static_cast<std::int64_t>(groups.inputs), outputs = static_cast<std::int64_t>(groups.outputs);
  const std::int64_t outputs_alone = rows * inputs * outputs * 4;
  const std::int64_t moments = rows * inputs * (inputs + 8 * outputs) + inputs * inputs * (inputs + 4 * outputs);
  return static_cast<std::int64_t>(groups.groups) * (outputs_alone + (options.round ? moments : 0));
}

double largest_level_of(int bits) { return bits == 4 ? largest_weight_level_of_4_bits : largest_weight_level; }

void round_plainly(Graph& graph, ValueId id, int bits) {
  Tensor weights = graph.constant(id);
  round_to_levels(weights.as<float>(), static_cast<std::size_t>(weights.shape.extents().back()), largest_level_of(bits));
  graph.at(id).data = std::make_shared<const Bytes>(std::move(weights.bytes));
}

// Integer products round weights of 8 bits to their nearest levels themselves.
bool moves_to_levels(int bits, const QuantizeOptions& options) { return bits == 4 || (bits == 8 && options.weights_only); }

class Fitting {
 public:
  Fitting(Graph graph, SampleSweep sweep, std::vector<int> bits, const QuantizeOptions& options)
      : graph_(std::move(graph)),
        sweep_(std::move(sweep)),
        bits_(std::move(bits)),
        quantized_(quantized_values(graph_, options)),
        wanted_{.round = options.weight_rounding == WeightRounding::fitted, .correct_bias = options.correct_bias},
        readers_(graph_.values.size()),
        options_(options),
        report_(options.report.get()) {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      for (const ValueId id : graph_.nodes[i].inputs)
        if (id) readers_[*id].push_back(i);
    for (std::size_t i = 0; i < sweep_.count(); ++i)
      (i % held_out_one_in == held_out_one_in - 1 ? held_out_ : fitted_).push_back(i);
  }

  Graph run() && {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      sweep_.compute(graph_, i, Lane::exact);
      std::optional<Tensor> weights;
      if (is_quantized_product(graph_, graph_.nodes[i], quantized_)) {
        const ValueId id = graph_.nodes[i].inputs[1];
        if (!fit(i) && moves_to_levels(bits_[*id], options_)) round_plainly(graph_, id, bits_[*id]);
        weights = weights_on_levels(graph_.constant(graph_.nodes[i].inputs[1]));
      }
      sweep_.compute(graph_, i, Lane::rounded, weights);
      sweep_.release(graph_, i);
    }
    return std::move(graph_);
  }

 private:
  // As much of what is wanted as the budget still allows; nothing is taken from it where nothing can be had.
  [[nodiscard]] std::optional<ProductFitOptions> affordable(const ProductGroups& groups, std::int64_t rows, int bits) {
    for (const bool round : {true, false}) {
      const ProductFitOptions options{.round = round && wanted_.round,
                                      .correct_bias = wanted_.correct_bias,
                                      .largest_level = largest_level_of(bits),
                                      .on_levels = moves_to_levels(bits, options_)};
      const std::int64_t macs = macs_of(groups, rows, options);
      if (macs > macs_left_ || (!options.round && !options.correct_bias)) continue;
      macs_left_ -= macs;
      return options;
    }
    return std::nullopt;
  }

  // Whether the weights were looked at.
  bool fit(std::size_t index) {
    const OpView op{graph_, graph_.nodes[index]};
    const int bits = bits_[*op.node.inputs[1]];
    const ProductGroups groups = groups_of(op);
    const bool is_shared = readers_[*op.node.inputs[1]].size() > 1;
    if (is_shared || groups.places == 0 || groups.inputs == 0 || groups.outputs == 0) return false;
    const auto widest = static_cast<std::int64_t>(std::max(groups.inputs, groups.outputs));
    const std::int64_t most = std::min(most_rows, most_row_elements / widest);
    const std::vector<Place> rows = choose_places(fitted_, groups.places, most, index);
    const std::vector<Place> held_out = choose_places(held_out_, groups.places, std::min(most, most_held_out_rows), index);
    if (std::ssize(held_out) < fewest_held_out_rows) return false;
    const auto options = affordable(groups, std::ssize(rows) + std::ssize(held_out), bits);
    if (!options) return false;

    Tensor weights = op.constant(1), bias = bias_tensor(op);
    for_each_in_parallel(groups.groups, [&](std::size_t group) {
      put_parameters(groups, group,
                     fit_product(parameters_of(op, group, weights, bias), gather_rows(op, group, rows, sweep_),
                                 gather_rows(op, group, held_out, sweep_), *options),
                     weights, bias);
    });
    const bool has_other_bias = bias.bytes != bias_tensor(op).bytes;
    const bool has_other_weights = weights.bytes != op.constant(1).bytes;
    tell(graph_.at(op.node.inputs[1]).name, has_other_weights, has_other_bias, bits);
    if (has_other_weights) replace_weights(graph_, index, weights);
    if (has_other_bias) replace_bias(graph_, index, bias);
    return true;
  }

  void tell(const std::string& weights, bool fitted, bool bias_corrected, int bits) {
    if (report_ == nullptr) return;
    report_->weights[weights] = std::string(fitted ? "fitted" : "nearest") + (bias_corrected ? ", bias corrected" : "") +
                                (bits == 4 ? ", 4 bits" : "");
  }

  Graph graph_;
  SampleSweep sweep_;
  std::vector<int> bits_;       // of weights, by value
  std::vector<bool> quantized_;  // by value; biases that are added have none
  ProductFitOptions wanted_;
  std::int64_t macs_left_ = most_macs;
  std::vector<std::vector<std::size_t>> readers_;
  const QuantizeOptions& options_;
  QuantizationReport* report_;
  std::vector<std::size_t> fitted_{}, held_out_{};  // samples of the sweep
};

}  // namespace

Result<Graph> fit_weights(Graph graph, const PassContext& context) {
  if (context.quantize == nullptr) return graph;
  const QuantizeOptions& options = *context.quantize;
  if (options.report) options.report->weights = {};
  MOTE_TRY(std::vector<int> bits, choose_weight_bits(graph, options));
  const bool fits = options.weight_rounding == WeightRounding::fitted || options.correct_bias;
  const std::vector<std::int64_t> indices =
      fits ? choose_samples(graph, options.samples, {.samples = most_samples}) : std::vector<std::int64_t>{};
  if (indices.empty()) {
    for (std::uint32_t i = 0; i < bits.size(); ++i)
      if (moves_to_levels(bits[i], options)) round_plainly(graph, ValueId{i}, bits[i]);
    return graph;
  }
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, options.samples, indices));
  return Fitting(std::move(graph), std::move(sweep), std::move(bits), options).run();
}

}  // namespace mote
