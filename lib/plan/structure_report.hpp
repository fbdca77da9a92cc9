#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace mote {

// A product with constant weights whose structure changed.
struct LayerStructure {
  std::string layer{};  // the model's name of it
  std::string op{};     // the operator in the graph
  std::int64_t inputs_before = 0, inputs_after = 0;    // channels
  std::int64_t outputs_before = 0, outputs_after = 0;
  std::int64_t macs_before = 0, macs_after = 0;
  std::int64_t weights_before = 0, weights_after = 0;  // elements, without bias
  // A convolution that became two in a row has so many channels in between; 0: it did not.
  std::int64_t rank = 0;
  std::array<std::int64_t, 2> first_kernel{}, second_kernel{};  // of these two: height, width

  [[nodiscard]] bool changed() const {
    return inputs_before != inputs_after || outputs_before != outputs_after || weights_before != weights_after ||
           rank > 0;
  }
};

// What leaving out channels that cannot matter did to a network.
struct StructureReport {
  std::vector<LayerStructure> layers{};          // those that changed, in order of execution
  std::int64_t channels_removed = 0;             // results of products
  std::int64_t macs_before = 0, macs_after = 0;  // of all products
  std::int64_t weights_before = 0, weights_after = 0;

  [[nodiscard]] bool changed() const { return !layers.empty(); }
};

}  // namespace mote
