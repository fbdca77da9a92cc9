#pragma once
#include <functional>
#include <memory>

#include "passes/quantize/fit/product_rows.hpp"

namespace mote {

// What a product of real numbers gives in the network that pruning starts from.
struct ProductReference {
  std::vector<Place> places{};   // those of samples held out come last
  std::size_t held_out = 0;      // how many of them
  std::vector<float> outputs{};  // [places][all channels], with the residual, before the clamp
};

[[nodiscard]] bool is_real_product(const OpView& op);

// Some samples of a set.
struct ChosenSamples {
  const CalibrationSamples& all;
  std::vector<std::int64_t> indices{};
  std::vector<bool> held_out{};  // by position in `indices`
};

// By node; nothing for those that are no such products, or that `wanted` does not ask for. Errors: those of a sample.
using ProductReferences = std::vector<std::shared_ptr<const ProductReference>>;
[[nodiscard]] Result<ProductReferences> product_references(
    const Graph& graph, const ChosenSamples& samples,
    const std::function<bool(const Node&)>& wanted = [](const Node&) { return true; });
// Those of its places that are of samples not held out.
[[nodiscard]] std::vector<Place> seen_places(const Graph& graph, std::size_t product, const ChosenSamples& samples);

}  // namespace mote
