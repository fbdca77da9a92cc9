#include "tools/augmented_samples.hpp"

#include <algorithm>

#include "lib/data/augment.hpp"

namespace mote {

CalibrationSamples augmented_samples(const CalibrationSamples& samples, const Graph& graph, std::int64_t about) {
  CalibrationSamples more = samples;
  if (samples.count == 0) return more;
  more.count *= std::max<std::int64_t>(1, about / samples.count);
  std::vector<Augmentation> augmentations;
  for (const ValueId id : graph.inputs) augmentations.push_back(suited_augmentation(graph.at(id).type));
  more.sample = [samples, augmentations](std::int64_t index) -> Result<std::vector<Tensor>> {
    MOTE_TRY(std::vector<Tensor> inputs, samples.sample(index % samples.count));
    if (index < samples.count) return inputs;
    Rng rng(static_cast<std::uint64_t>(index));
    for (std::size_t i = 0; i < inputs.size(); ++i) augment(inputs[i], augmentations[i], rng);
    return inputs;
  };
  return more;
}

}  // namespace mote
