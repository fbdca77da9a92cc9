// equalize: in front of `calibrate`, channels of an activation are divided by factors that the weights behind them make
// up for, so that the channels share one grid better. Which factors, if any, is decided by the error that 8 bits cause at
// the outputs of the products that read the activation; and whether any, by the network's outputs on samples that took no
// part. The real function stays the same but for rounding.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "lib/quant/equalization.hpp"
#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/match.hpp"
#include "passes/quantize/calibrate/activation_noise.hpp"
#include "passes/quantize/calibrate/trials.hpp"
#include "passes/quantize/fit/equalizable.hpp"
#include "passes/quantize/fit/product_parameters.hpp"
#include "passes/quantize/quantize.hpp"

namespace mote {
namespace {

using Lane = SampleSweep::Lane;

constexpr std::array exponents{0.25, 0.5, 0.75, 1.0};
constexpr double least_gain = 0.05;  // of the error: less is not worth changing a model's weights
constexpr std::int64_t most_row_elements = 1 << 18, most_samples = 32;

// A product that reads the activation: some rows of its inputs, group by group.
struct Reader {
  std::size_t node = 0;
  ProductGroups groups{};
  std::vector<ProductRows> rows{};
  std::vector<ProductParameters> parameters{};
};

class Equalizer {
 public:
  Equalizer(Graph graph, SampleSweep sweep, RangeMethod range)
      : graph_(std::move(graph)), sweep_(std::move(sweep)), range_(range), pending_(find_equalizable(graph_)) {
    for (std::size_t i = 0; i < sweep_.count(); ++i) samples_.push_back(i);
  }

  struct Evened {
    Graph graph{};
    std::set<std::string> evened{};  // values whose channels got factors
  };
  Evened run() && {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (const Equalizable& one : pending_)
        if (std::ranges::find(one.readers, i) != one.readers.end()) look(one, i);
      sweep_.compute(graph_, i, Lane::exact);
      sweep_.release(graph_, i);
    }
    apply();
    std::set<std::string> evened;
    for (const auto& [product, factors] : factors_) evened.insert(graph_.at(graph_.nodes[product].outputs[0]).name);
    return {.graph = std::move(graph_), .evened = std::move(evened)};
  }

 private:
  [[nodiscard]] OpView view(std::size_t node) const { return {graph_, graph_.nodes[node]}; }

  // At the last reader everything is known that decides.
  void look(const Equalizable& one, std::size_t node) {
    readers_[one.product].push_back(reader_of(node));
    if (node != one.readers.back()) return;
    const std::vector<Reader> readers = std::move(readers_.extract(one.product).mapped());
    decide(one, readers);
  }

  [[nodiscard]] Reader reader_of(std::size_t node) const {
    const OpView op = view(node);
    Reader reader{.node = node, .groups = groups_of(op)};
    const auto elements = static_cast<std::int64_t>(std::max<std::size_t>(1, reader.groups.groups * reader.groups.inputs));
    const auto places = choose_places(samples_, reader.groups.places, most_row_elements / elements, node);
    const Tensor weights = op.constant(1), bias = bias_tensor(op);
    for (std::size_t group = 0; group < reader.groups.groups; ++group) {
      reader.rows.push_back(gather_exact_rows(op, group, places, sweep_));
      reader.parameters.push_back(parameters_of(op, group, weights, bias));
    }
    return reader;
  }

  // The channel of the activation that input k of a group reads.
  [[nodiscard]] static std::size_t channel_of(const Reader& reader, std::size_t group, std::size_t k, std::size_t channels) {
    return (group * reader.groups.channels + k % reader.groups.channels) % channels;
  }

  // The largest magnitudes by channel: of the activation as it is read, and of the weights that read it.
  void find_magnitudes(const Reader& reader, std::vector<double>& activations, std::vector<double>& weights) const {
    const auto raise = [](double& largest, float value) { largest = std::max(largest, std::abs(static_cast<double>(value))); };
    for (const std::size_t sample : samples_) {
      const auto values = sweep_.value(Lane::exact, sample, graph_.nodes[reader.node].inputs[0]).as<float>();
      for (std::size_t i = 0; i < values.size(); ++i) raise(activations[i % activations.size()], values[i]);
    }
    for (std::size_t group = 0; group < reader.groups.groups; ++group) {
      const std::vector<float>& own = reader.parameters[group].weights;
      for (std::size_t i = 0; i < own.size(); ++i)
        raise(weights[channel_of(reader, group, i / reader.groups.outputs, weights.size())], own[i]);
    }
  }

  // Of the outputs, with the activation on the grid that calibration would choose.
  [[nodiscard]] double error_of(const Reader& reader, const std::vector<double>& factors) const {
    Histogram seen;
    std::vector<std::vector<double>> by_group;
    std::vector<float> scaled;
    for (std::size_t group = 0; group < reader.groups.groups; ++group) {
      std::vector<double>& own = by_group.emplace_back();
      for (std::size_t k = 0; k < reader.groups.inputs; ++k)
        own.push_back(factors[channel_of(reader, group, k, factors.size())]);
      scaled = reader.rows[group].exact;
      for (std::size_t i = 0; i < scaled.size(); ++i)
        scaled[i] = static_cast<float>(static_cast<double>(scaled[i]) / own[i % own.size()]);
      seen.add(scaled);
    }
    const Range range = choose_range(seen, range_, 8);
    const Grid grid = activation_grid(range.low, range.high, 8);
    double sum = 0.0;
    for (std::size_t group = 0; group < reader.groups.groups; ++group)
      sum += rounding_error(reader.rows[group], reader.parameters[group], by_group[group], grid);
    return sum;
  }

  void decide(const Equalizable& one, const std::vector<Reader>& readers) {
    const auto channels = static_cast<std::size_t>(channels_of(view(one.product)).outputs);
    std::vector<double> activations(channels, 0.0), weights(channels, 0.0);
    for (const Reader& reader : readers) find_magnitudes(reader, activations, weights);
    std::vector<double> before;  // by reader: their outputs have units of their own
    for (const Reader& reader : readers) before.push_back(error_of(reader, std::vector<double>(channels, 1.0)));
    double least = (1.0 - least_gain) * static_cast<double>(readers.size());
    for (const double exponent : exponents) {
      std::vector<double> factors = equalizing_factors(activations, weights, exponent);
      double relative = 0.0;
      for (std::size_t i = 0; i < readers.size(); ++i) relative += error_of(readers[i], factors) / before[i];
      if (!(relative < least)) continue;
      least = relative;
      factors_[one.product] = std::move(factors);
    }
  }

  // Factors neither change what other layers see nor which factors suit them, so all are put in at the end.
  void apply() {
    for (const Equalizable& one : pending_) {
      const auto found = factors_.find(one.product);
      if (found == factors_.end()) continue;
      std::vector<double> inverse;
      for (const double factor : found->second) inverse.push_back(1.0 / factor);
      scale_outputs(one.product, inverse);
      for (const std::size_t reader : one.readers) {
        std::vector<double> factors;
        for (std::int64_t c = 0; c < channels_of(view(reader)).inputs; ++c)
          factors.push_back(found->second[static_cast<std::size_t>(c) % found->second.size()]);
        replace_weights(graph_, reader, scaled_inputs(view(reader), factors));
      }
    }
  }

  void scale_outputs(std::size_t index, const std::vector<double>& factors) {
    const OpView op = view(index);
    const Tensor weights = scaled_outputs(op, factors);
    if (op.has_in(2)) {
      std::vector<double> bias = bias_of(op);
      for (std::size_t c = 0; c < bias.size(); ++c) bias[c] *= factors[c];
      replace_bias(graph_, index, real_tensor({std::ssize(bias)}, bias));
    }
    replace_weights(graph_, index, weights);
  }

  Graph graph_;
  SampleSweep sweep_;
  RangeMethod range_;
  std::vector<Equalizable> pending_;
  std::vector<std::size_t> samples_{};
  std::map<std::size_t, std::vector<Reader>> readers_{};   // by product, until its last reader has been seen
  std::map<std::size_t, std::vector<double>> factors_{};  // by product
};

// Those of the calibration set that are not among `chosen`, at most as many, spread.
std::vector<std::int64_t> held_out(std::int64_t count, const std::vector<std::int64_t>& chosen) {
  std::vector<std::int64_t> others, spread;
  for (std::int64_t row = 0; row < count; ++row)
    if (!std::ranges::binary_search(chosen, row)) others.push_back(row);
  for (const std::int64_t place : spread_rows(std::ssize(others), std::ssize(chosen)))
    spread.push_back(others[static_cast<std::size_t>(place)]);
  return spread;
}

}  // namespace

Result<Graph> equalize(Graph graph, const PassContext& context) {
  if (context.quantize == nullptr || context.quantize->weights_only || !context.quantize->equalize) return graph;
  const QuantizeOptions& options = *context.quantize;
  const std::vector<std::int64_t> chosen =
      choose_samples(graph, options.samples, {.samples = std::min(most_samples, options.samples.count / 2)});
  if (options.report) options.report->evened = {};
  if (chosen.empty() || find_equalizable(graph).empty()) return graph;
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, options.samples, chosen));
  auto [even, evened] = Equalizer(graph, std::move(sweep), options.range.value_or(RangeMethod::mse)).run();
  // A channel that is quiet in the samples seen may be loud in others, and would then be cut off.
  const std::vector<std::int64_t> judged = held_out(options.samples.count, chosen);
  MOTE_TRY(const std::vector<double> before, activation_noise(graph, options, chosen, judged));
  MOTE_TRY(const std::vector<double> after, activation_noise(even, options, chosen, judged));
  if (!is_less_on_average(before, after)) return graph;
  if (options.report) options.report->evened = std::move(evened);
  return std::move(even);
}

}  // namespace mote
