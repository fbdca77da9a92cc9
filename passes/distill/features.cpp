#include "passes/distill/features.hpp"

#include <cmath>
#include <map>

#include "lib/exec/host_program.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

using ByExtents = std::map<std::vector<std::int64_t>, std::vector<ValueId>>;

// By value: a product multiplies it at once, and nobody else reads it. A product that gives it without a clamp is half
// of one of less rank.
std::vector<bool> halves_of(const Graph& graph) {
  std::vector<std::size_t> readers(graph.values.size(), 0);
  std::vector<bool> is_half(graph.values.size(), false);
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.inputs)
      if (id) ++readers[*id];
  for (const Node& node : graph.nodes)
    if (is_core_product(node.op->name)) is_half[*node.inputs[0]] = readers[*node.inputs[0]] == 1;
  return is_half;
}

ByExtents features_of(const Graph& graph) {
  const std::vector<bool> is_half = halves_of(graph);
  std::vector<ValueId> found;
  for (const Node& node : graph.nodes) {
    if (!is_core_product(node.op->name)) continue;
    const ValueId id = node.outputs.front();
    const std::size_t rank = graph.at(id).type.shape.rank();
    if (is_half[*id] && is_plain_product(node)) continue;
    if ((rank == 2 || rank == 4) && graph.at(id).type.dtype == DType::f32) found.push_back(id);
  }
  if (!found.empty()) found.pop_back();
  ByExtents features;
  for (const ValueId id : found) {
    const auto extents = graph.at(id).type.shape.extents();
    features[{extents.begin(), extents.end() - 1}].push_back(id);
  }
  return features;
}

std::size_t channels_of(const Graph& graph, ValueId id) {
  const Shape& shape = graph.at(id).type.shape;
  return static_cast<std::size_t>(shape[shape.rank() - 1]);
}

void run(HostProgram& program, const std::vector<Tensor>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) program.tensor(program.graph().inputs[i]) = inputs[i];
  program.run();
}

}  // namespace

std::vector<FeaturePair> feature_pairs(const Graph& student, const Graph& teacher) {
  const ByExtents own = features_of(student), others = features_of(teacher);
  std::vector<FeaturePair> pairs;
  for (const auto& [extents, values] : own) {
    const auto there = others.find(extents);
    if (there == others.end()) continue;
    const std::vector<ValueId>& wanted = there->second;
    const bool alike = values.size() == wanted.size();
    for (std::size_t i = alike ? 0 : values.size() - 1; i < values.size(); ++i)
      pairs.push_back({.student = values[i], .teacher = alike ? wanted[i] : wanted.back()});
  }
  return pairs;
}

Result<std::vector<Feature>> fit_features(const Graph& student, const Graph& teacher,
                                          const std::vector<FeaturePair>& pairs, std::int64_t samples,
                                          const SampleInputs& inputs_of) {
  std::vector<LinearFit> fits;
  for (const FeaturePair& pair : pairs)
    fits.emplace_back(channels_of(student, pair.student), channels_of(teacher, pair.teacher));
  HostProgram own(student), other(teacher);
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    MOTE_TRY(const std::vector<Tensor> inputs, inputs_of(sample));
    run(own, inputs);
    run(other, inputs);
    for (std::size_t i = 0; i < pairs.size(); ++i)
      fits[i].add(own.tensor(pairs[i].student).as<float>(), other.tensor(pairs[i].teacher).as<float>());
  }
  std::vector<Feature> features;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (const double variance = fits[i].variance(); variance > 0.0 && std::isfinite(variance))
      features.push_back({.pair = pairs[i], .map = fits[i].map(), .variance = variance});
  return features;
}

}  // namespace mote
