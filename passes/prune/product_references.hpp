#pragma once
#include "passes/quantize/fit/product_rows.hpp"

namespace mote {

// What a product of real numbers gives in the network that pruning starts from.
struct ProductReference {
  std::vector<Place> places{};
  std::vector<float> outputs{};  // [places][all channels], with the residual, before the clamp
};

[[nodiscard]] bool is_real_product(const OpView& op);

// By node; empty for those that are no such products. Errors: those of a sample.
[[nodiscard]] Result<std::vector<ProductReference>> product_references(const Graph& graph,
                                                                       const CalibrationSamples& samples,
                                                                       const std::vector<std::int64_t>& indices);

}  // namespace mote
