#include "passes/quantize/fit/sample_sweep.hpp"

#include <algorithm>

#include "lib/ops/evaluate.hpp"
#include "lib/support/parallel.hpp"

namespace mote {
namespace {

constexpr std::int64_t fewest_samples = 8;

// By value: the last node that reads it; that of outputs never comes.
std::vector<std::size_t> last_reads(const Graph& graph) {
  std::vector<std::size_t> last(graph.values.size(), 0);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].outputs)
      if (id) last[*id] = i;
    for (const ValueId id : graph.nodes[i].inputs)
      if (id) last[*id] = i;
  }
  for (const ValueId id : graph.outputs) last[*id] = graph.nodes.size();
  return last;
}

// Of one sample where most values are alive, both lanes together.
std::int64_t bytes_per_sample(const Graph& graph) {
  const std::vector<std::size_t> last = last_reads(graph);
  std::vector<std::int64_t> ends(graph.nodes.size() + 1, 0);  // bytes that are dropped behind each node
  std::int64_t alive = 0, most = 0;
  const auto add = [&](ValueId id) {
    if (!id || graph.at(id).is_constant()) return;
    const std::int64_t bytes = graph.at(id).type.bytes();
    alive += bytes;
    ends[last[*id]] += bytes;
  };
  for (const ValueId id : graph.inputs) add(id);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].outputs) add(id);
    most = std::max(most, alive);
    alive -= ends[i];
  }
  return 2 * std::max(most, alive);
}

std::int64_t macs_of(const Graph& graph) {
  std::int64_t sum = 0;
  for (const Node& node : graph.nodes)
    if (node.op->macs != nullptr) sum += node.op->macs({graph, node});
  return sum;
}

}  // namespace

Result<SampleSweep> SampleSweep::start(const Graph& graph, const CalibrationSamples& samples,
                                       const std::vector<std::int64_t>& indices) {
  SampleSweep sweep;
  sweep.last_read_ = last_reads(graph);
  for (const std::int64_t index : indices) {
    MOTE_TRY(const std::vector<Tensor> inputs, samples.sample(index));
    Values values(graph.values.size());
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) values[*graph.inputs[i]] = inputs[i];
    for (std::vector<Values>& lane : sweep.lanes_) lane.push_back(values);
  }
  return sweep;
}

void SampleSweep::compute(const Graph& graph, std::size_t index, Lane lane, const std::optional<Tensor>& weights) {
  const Node& node = graph.nodes[index];
  std::vector<Tensor> constants(node.inputs.size());
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (node.inputs[i] && graph.at(node.inputs[i]).is_constant()) constants[i] = graph.constant(node.inputs[i]);
  if (weights) constants[1] = *weights;
  std::vector<Values>& samples = lanes_[static_cast<std::size_t>(lane)];
  for_each_in_parallel(samples.size(), [&](std::size_t sample) {
    Values& values = samples[sample];
    if (lane == Lane::exact && node.op->name == "FakeQuantize") {
      Tensor& input = values[*node.inputs[0]];
      values[*node.outputs[0]] = last_read_[*node.inputs[0]] == index ? std::move(input) : input;
      return;
    }
    std::vector<const Tensor*> operands;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      const Tensor* computed = id ? &values[*id] : nullptr;
      operands.push_back(id && graph.at(id).is_constant() ? &constants[i] : computed);
    }
    std::vector<Tensor> results = evaluate_node(graph, node, operands, Precision::single);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (node.outputs[i]) values[*node.outputs[i]] = std::move(results[i]);
  });
}

void SampleSweep::release(const Graph& graph, std::size_t node) {
  const auto drop = [&](ValueId id) {
    if (!id || *id >= last_read_.size() || last_read_[*id] != node) return;
    for (std::vector<Values>& lane : lanes_)
      for (Values& values : lane) values[*id] = {};
  };
  for (const ValueId id : graph.nodes[node].inputs) drop(id);
  for (const ValueId id : graph.nodes[node].outputs) drop(id);
}

std::vector<std::int64_t> choose_samples(const Graph& graph, const CalibrationSamples& samples,
                                         const SweepBounds& bounds) {
  const std::int64_t by_work = bounds.macs / std::max<std::int64_t>(1, 2 * macs_of(graph));
  const std::int64_t by_memory = bounds.bytes / std::max<std::int64_t>(1, bytes_per_sample(graph));
  const std::int64_t count = std::min({samples.count, bounds.samples, by_work, by_memory});
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < count && count >= fewest_samples; ++i) chosen.push_back(i * samples.count / count);
  return chosen;
}

}  // namespace mote
