#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mote {

// A product with constant weights that became smaller.
struct LayerStructure {
  std::string layer{};  // the model's name of it
  std::string op{};     // the operator in the graph
  std::int64_t inputs_before = 0, inputs_after = 0;    // channels
  std::int64_t outputs_before = 0, outputs_after = 0;
  std::int64_t macs_before = 0, macs_after = 0;
  std::int64_t weights_before = 0, weights_after = 0;  // elements, without bias
};

// What leaving out channels that cannot matter did to a network.
struct StructureReport {
  std::vector<LayerStructure> layers{};          // the smaller ones, in order of execution
  std::int64_t channels_removed = 0;             // results of products
  std::int64_t macs_before = 0, macs_after = 0;  // of all products
  std::int64_t weights_before = 0, weights_after = 0;

  [[nodiscard]] bool changed() const { return !layers.empty(); }
};

}  // namespace mote
