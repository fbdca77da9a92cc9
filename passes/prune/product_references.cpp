#include "passes/prune/product_references.hpp"

#include <algorithm>

#include "passes/prune/product_form.hpp"
#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr std::int64_t most_rows = 8192, most_row_elements = 4 << 20;

std::int64_t rows_for(const ProductGroups& groups) {
  const std::size_t widest = std::max(groups.inputs, groups.outputs * groups.groups);
  return std::min(most_rows, most_row_elements / static_cast<std::int64_t>(widest));
}

void choose_rows(const OpView& op, const std::vector<bool>& held_out, std::size_t seed, ProductReference& reference) {
  const ProductGroups groups = groups_of(op);
  std::vector<std::size_t> all, last;
  for (std::size_t sample = 0; sample < held_out.size(); ++sample) (held_out[sample] ? last : all).push_back(sample);
  all.insert(all.end(), last.begin(), last.end());
  reference.places = choose_places(all, groups.places, rows_for(groups), seed);
  reference.held_out = reference.places.size() / all.size() * last.size();
}

// Of all groups side by side.
std::vector<float> outputs_at(const OpView& op, const std::vector<Place>& places, const SampleSweep& sweep) {
  const ProductGroups groups = groups_of(op);
  const std::size_t channels = groups.groups * groups.outputs;
  std::vector<float> outputs(places.size() * channels);
  for (std::size_t group = 0; group < groups.groups; ++group) {
    const std::vector<float> own = exact_outputs(gather_exact_rows(op, group, places, sweep),
                                                 parameters_of(op, group, op.constant(1), bias_tensor(op)));
    for (std::size_t row = 0; row < places.size(); ++row)
      for (std::size_t c = 0; c < groups.outputs; ++c)
        outputs[row * channels + group * groups.outputs + c] = own[row * groups.outputs + c];
  }
  return outputs;
}

}  // namespace

bool is_real_product(const OpView& op) {
  const auto form = product_form(op);
  return form && !form->integer;
}

Result<ProductReferences> product_references(const Graph& graph, const ChosenSamples& samples,
                                             const std::function<bool(const Node&)>& wanted) {
  ProductReferences references(graph.nodes.size());
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, samples.all, samples.indices));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const OpView op{graph, graph.nodes[i]};
    if (is_real_product(op) && wanted(op.node)) {
      ProductReference reference;
      choose_rows(op, samples.held_out, i, reference);
      reference.outputs = outputs_at(op, reference.places, sweep);
      references[i] = std::make_shared<const ProductReference>(std::move(reference));
    }
    sweep.compute(graph, i, SampleSweep::Lane::exact);
    sweep.release(graph, i);
  }
  return references;
}

std::vector<Place> seen_places(const Graph& graph, std::size_t product, const ChosenSamples& samples) {
  ProductReference reference;
  choose_rows({graph, graph.nodes[product]}, samples.held_out, product, reference);
  reference.places.resize(reference.places.size() - reference.held_out);
  return std::move(reference.places);
}

}  // namespace mote
