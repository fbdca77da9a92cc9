#pragma once
#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/ops/op_classes.hpp"
#include "passes/rewriter.hpp"

// Questions that several passes ask of a node, and constants that several passes make.
namespace mote {

[[nodiscard]] inline bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// Conv2d, DepthwiseConv2d, Dense: operands (x, weights, bias?, residual?), attributes low?, high?.
[[nodiscard]] bool is_core_product(std::string_view op);
[[nodiscard]] bool is_core_convolution(std::string_view op);

// A list attribute, or `otherwise` where it is left out.
[[nodiscard]] std::vector<std::int64_t> integers_or(const OpView& op, std::string_view attr,
                                                    std::vector<std::int64_t> otherwise);

// A Pad's `pads` for every axis: all begins, then all ends.
[[nodiscard]] std::vector<std::int64_t> pads_of_all_axes(const OpView& pad);

// Some pooling window might see nothing but padding; where this is false, every window sees an input element.
[[nodiscard]] bool may_see_only_padding(const OpView& max_pool, const std::vector<std::int64_t>& pads);

// A core product that nobody has fused a residual or a clamp into yet.
[[nodiscard]] bool is_plain_product(const Node& node);

// A real constant that varies at most along the last axis of `extent` elements, expanded to one value per element of
// that axis.
[[nodiscard]] std::optional<std::vector<double>> values_along_last_axis(const Graph& graph, ValueId id,
                                                                         std::int64_t extent);
// An f32 constant, rounded once.
[[nodiscard]] Tensor real_tensor(std::vector<std::int64_t> extents, std::span<const double> values);
// Results of one-output operators on constants, at once instead of in the next fold-constants.
[[nodiscard]] Tensor transposed(const Tensor& tensor, const std::vector<std::size_t>& perm);
[[nodiscard]] Tensor reshaped(Tensor tensor, std::vector<std::int64_t> extents);

// Emits a Reshape to these extents; a chain of reshapes becomes one, and none where the shape is there already.
// `output` as in Rewriter::emit. Returns the value that holds the result.
ValueId emit_reshape(Rewriter& rewriter, ValueId input, std::vector<std::int64_t> extents, ValueId output = {});
// Emits a Transpose, or what is cheaper: nothing, one Transpose for two, a Reshape where no element moves.
ValueId emit_transpose(Rewriter& rewriter, ValueId input, std::vector<std::size_t> perm, ValueId output = {});

}  // namespace mote
