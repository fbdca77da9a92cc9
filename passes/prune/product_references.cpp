#include "passes/prune/product_references.hpp"

#include <algorithm>

#include "passes/prune/product_form.hpp"
#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr std::int64_t most_rows = 4096, most_row_elements = 2 << 20;

std::vector<Place> places_of(const OpView& op, std::size_t samples, std::size_t seed) {
  const ProductGroups groups = groups_of(op);
  const auto widest = static_cast<std::int64_t>(std::max(groups.inputs, groups.outputs * groups.groups));
  std::vector<std::size_t> all;  // every fourth comes last: those are held out by the repair
  for (const bool held_out : {false, true})
    for (std::size_t sample = 0; sample < samples; ++sample)
      if ((sample % 4 == 3) == held_out) all.push_back(sample);
  return choose_places(all, groups.places, std::min(most_rows, most_row_elements / widest), seed);
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

Result<std::vector<ProductReference>> product_references(const Graph& graph, const CalibrationSamples& samples,
                                                         const std::vector<std::int64_t>& indices) {
  std::vector<ProductReference> references(graph.nodes.size());
  MOTE_TRY(SampleSweep sweep, SampleSweep::start(graph, samples, indices));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const OpView op{graph, graph.nodes[i]};
    if (is_real_product(op)) {
      references[i].places = places_of(op, sweep.count(), i);
      references[i].outputs = outputs_at(op, references[i].places, sweep);
    }
    sweep.compute(graph, i, SampleSweep::Lane::exact);
    sweep.release(graph, i);
  }
  return references;
}

}  // namespace mote
