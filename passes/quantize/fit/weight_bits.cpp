#include "passes/quantize/fit/weight_bits.hpp"

#include <algorithm>

#include "lib/quant/weight_scale.hpp"
#include "lib/support/parallel.hpp"
#include "passes/match.hpp"
#include "passes/prune/prune.hpp"
#include "passes/quantize/calibrate/name_pattern.hpp"
#include "passes/quantize/calibrate/output_error.hpp"
#include "passes/quantize/calibrate/trials.hpp"
#include "passes/quantize/diagnose/selective_run.hpp"

namespace mote {
namespace {

constexpr std::int64_t most_samples = 32, fewest_samples = 4;
constexpr double most_macs = 8e9;  // few seconds
// Of a tenth, room is left for layers that lose channels once their levels are known, and with them their four bits.
constexpr double largest_share_of_8_bits = 0.08;
constexpr std::int64_t fewest_weights = 128;  // a product of fewer is not stored in 4 bits (lib/quant/product.hpp)

// Weights that nothing has been decided about, and what rounding them to four bits costs.
struct Candidate {
  ValueId weights{};
  std::int64_t count = 0;
  double error = 0.0;  // of the outputs, for all products that read them together
};

bool is_named(const std::vector<std::string>& patterns, const std::string& weights, const std::string& layer) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return matches_pattern(pattern, weights) || (!layer.empty() && matches_pattern(pattern, layer));
  });
}

Graph without_marks(Graph graph) {
  std::vector<ValueId> stands_for(graph.values.size());
  std::vector<Node> nodes;
  for (Node& node : graph.nodes) {
    for (ValueId& id : node.inputs)
      if (id && stands_for[*id]) id = stands_for[*id];
    if (node.op->name == "FakeQuantize")
      stands_for[*node.outputs[0]] = node.inputs[0];
    else
      nodes.push_back(std::move(node));
  }
  for (ValueId& id : graph.outputs)
    if (stands_for[*id]) id = stands_for[*id];
  graph.nodes = std::move(nodes);
  return graph;
}

// By value: how many weights of a product are left when the channels are gone that no output depends on.
std::vector<std::int64_t> counts_that_matter(const Graph& graph) {
  std::vector<std::int64_t> counts;
  for (const Value& value : graph.values) counts.push_back(value.type.shape.elements());
  const Graph real = without_marks(graph);
  const Target target{};  // this pass does not look at it
  const auto smaller = drop_channels(real, {.target = target});
  if (!smaller || smaller->nodes.size() != real.nodes.size()) return counts;
  for (std::size_t i = 0; i < real.nodes.size(); ++i) {
    if (!is_core_product(real.nodes[i].op->name)) continue;
    const Shape& left = smaller->at(smaller->nodes[i].inputs[1]).type.shape;
    counts[*real.nodes[i].inputs[1]] = left.elements();
  }
  return counts;
}

Graph with_4_bits(Graph graph, const std::vector<Candidate>& candidates) {
  for (const Candidate& candidate : candidates) {
    Tensor weights = graph.constant(candidate.weights);
    const auto channels = static_cast<std::size_t>(weights.shape.extents().back());
    round_to_levels(weights.as<float>(), channels, largest_weight_level_of_4_bits);
    graph.at(candidate.weights).data = std::make_shared<const Bytes>(std::move(weights.bytes));
  }
  return graph;
}

double work_of(const Graph& graph) {
  double macs = 0.0;
  for (const Node& node : graph.nodes)
    if (node.op->macs != nullptr) macs += static_cast<double>(node.op->macs({graph, node}));
  return macs;
}

// Adds to the errors of the candidates what each costs by itself, all else in real numbers.
Status measure(const Graph& graph, const CalibrationSamples& samples, std::vector<Candidate>& candidates) {
  const SelectiveRun run(graph, with_4_bits(graph, candidates));
  const double macs = work_of(graph) * static_cast<double>(1 + candidates.size() / 2);
  const auto affordable = static_cast<std::int64_t>(most_macs / std::max(macs, 1.0));
  const std::vector<std::int64_t> rows = spread_rows(samples.count, std::clamp(affordable, fewest_samples, most_samples));
  std::vector<ComparedOutput> compared = compared_outputs(graph);
  for (std::size_t i = 0; i < compared.size(); ++i) compared[i].value = graph.outputs[i];

  std::vector<SelectiveRun::Values> exact(rows.size());
  Status done = try_for_each_in_parallel(rows.size(), [&](std::size_t, std::size_t i) -> Status {
    MOTE_TRY(const std::vector<Tensor> inputs, samples.sample(rows[i]));
    exact[i] = run.run(inputs, false);
    return Ok{};
  });
  if (!done) return std::move(done.errors());
  std::vector<OutputError::Outputs> outputs(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const ValueId id : graph.outputs) outputs[i].push_back(exact[i][*id]);
  const OutputError error(std::move(compared), std::move(outputs));

  for (std::size_t part = 0; part < run.parts().size(); ++part) {
    const auto candidate = std::ranges::find(candidates, run.parts()[part].value, &Candidate::weights);
    if (candidate == candidates.end()) continue;
    std::vector<double> errors(rows.size());
    for_each_in_parallel(rows.size(),
                         [&](std::size_t i) { errors[i] = error.of(i, run.outputs_with_toggled(exact[i], false, part)); });
    for (const double one : errors) candidate->error += one;
  }
  return Ok{};
}

struct BitsByOptions {
  std::vector<int> bits{};       // by value
  std::vector<bool> is_free{};  // no pattern speaks of it
};

BitsByOptions bits_by_options(const Graph& graph, const QuantizeOptions& options) {
  const std::vector<bool> quantized = quantized_values(graph, options);
  BitsByOptions result{.bits = std::vector<int>(graph.values.size(), 0), .is_free = std::vector<bool>(graph.values.size(), true)};
  for (const Node& node : graph.nodes) {
    if (!is_quantized_product(graph, node, quantized)) continue;
    const std::size_t weights = *node.inputs[1];
    const std::string& name = graph.values[weights].name;
    const bool narrow = is_named(options.weights_of_4_bits, name, node.origin.node);
    const bool wide = is_named(options.weights_of_8_bits, name, node.origin.node);
    const int named = wide ? 8 : narrow ? 4 : 0;
    int& bits = result.bits[weights];
    // Layers that share weights may be named apart: 8 bits then win.
    if (named != 0)
      bits = result.is_free[weights] ? named : std::max(bits, named);
    else if (bits == 0)
      bits = options.weight_bits;
    result.is_free[weights] = result.is_free[weights] && named == 0;
  }
  // Other readers of a constant get the weights as they are; integer products make 8-bit levels of their own.
  const int kept = options.weights_only ? 0 : 8;
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.inputs)
      if (id && result.bits[*id] != 0 && !is_quantized_product(graph, node, quantized)) result.bits[*id] = kept;
  for (const ValueId id : graph.outputs)
    if (result.bits[*id] != 0) result.bits[*id] = kept;
  return result;
}

// 8 bits for those that cost the most for their size, as many as there is room for.
void keep_costliest(std::vector<Candidate> candidates, double room, std::vector<int>& bits) {
  std::ranges::stable_sort(candidates, std::ranges::greater{},
                           [](const Candidate& one) { return one.error / static_cast<double>(one.count); });
  for (const Candidate& candidate : candidates) {
    if (static_cast<double>(candidate.count) > room) continue;
    room -= static_cast<double>(candidate.count);
    bits[*candidate.weights] = 8;
  }
}

}  // namespace

std::vector<bool> quantized_values(const Graph& graph, const QuantizeOptions& options) {
  if (options.weights_only) return std::vector<bool>(graph.values.size(), true);
  std::vector<bool> is_read(graph.values.size(), false), quantized(graph.values.size(), true);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const bool is_clamp = node.op->name == "Relu" || node.op->name == "Clip";
    const bool leads_to_grid = is_clamp && is_read[*node.outputs[0]] && quantized[*node.outputs[0]];
    for (const ValueId id : node.inputs) {
      if (!id) continue;
      is_read[*id] = true;
      quantized[*id] = quantized[*id] && (node.op->name == "FakeQuantize" || leads_to_grid);
    }
  }
  for (std::size_t i = 0; i < quantized.size(); ++i) quantized[i] = quantized[i] && is_read[i];
  return quantized;
}

bool is_quantized_product(const Graph& graph, const Node& node, const std::vector<bool>& quantized) {
  return is_core_product(node.op->name) && graph.at(node.inputs[1]).is_constant() &&
         graph.at(node.inputs[1]).type.dtype == DType::f32 && *node.outputs[0] < quantized.size() &&
         quantized[*node.outputs[0]];
}

Result<std::vector<int>> choose_weight_bits(const Graph& graph, const QuantizeOptions& options) {
  auto [bits, is_free] = bits_by_options(graph, options);
  if (std::ranges::none_of(bits, [](int one) { return one == 4; })) return std::move(bits);
  const std::vector<std::int64_t> counts = counts_that_matter(graph);
  std::vector<Candidate> candidates;
  std::int64_t all = 0, small = 0;
  for (std::uint32_t i = 0; i < bits.size(); ++i) {
    if (bits[i] == 0) continue;
    const std::int64_t count = counts[i];
    all += count;
    if (bits[i] != 4 || !is_free[i]) continue;
    if (count < fewest_weights) {
      small += count;
      bits[i] = 8;
    } else {
      candidates.push_back({.weights = ValueId{i}, .count = count});
    }
  }
  if (candidates.empty() || options.samples.count == 0) return std::move(bits);
  MOTE_TRY_STATUS(measure(graph, options.samples, candidates));
  keep_costliest(std::move(candidates), largest_share_of_8_bits * static_cast<double>(all) - static_cast<double>(small), bits);
  return std::move(bits);
}

}  // namespace mote
