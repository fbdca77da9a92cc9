#pragma once
#include <cstdint>
#include <vector>

#include "lib/ops/op_def.hpp"
#include "lib/quant/product_outputs.hpp"
#include "passes/quantize/fit/sample_sweep.hpp"

namespace mote {

// How a core product (Conv2d, DepthwiseConv2d, Dense) falls into groups of output channels that read the same inputs.
struct ProductGroups {
  std::size_t groups = 1, channels = 0, inputs = 0, outputs = 0;  // of each group: inputs are channels at every tap
  std::int64_t places = 0;                                        // output pixels or rows of one sample
};
[[nodiscard]] ProductGroups groups_of(const OpView& product);

// One output pixel, or row, of one sample of a sweep.
struct Place {
  std::size_t sample = 0;
  std::int64_t position = 0;
};
// At most `most` places, as many from each of `samples`, spread over it at random; the same for the same `seed`.
[[nodiscard]] std::vector<Place> choose_places(const std::vector<std::size_t>& samples, std::int64_t places,
                                               std::int64_t most, std::uint64_t seed);

// What the channels of one group see there; the order of the inputs is that of the weights. Taps in the padding read 0.
[[nodiscard]] ProductRows gather_rows(const OpView& product, std::size_t group, const std::vector<Place>& places,
                                      const SampleSweep& sweep);
// In real numbers only: `rounded` stays empty.
[[nodiscard]] ProductRows gather_exact_rows(const OpView& product, std::size_t group, const std::vector<Place>& places,
                                            const SampleSweep& sweep);

}  // namespace mote
