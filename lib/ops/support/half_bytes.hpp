#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tiling.hpp"

// Weights of four bits as kernels read them (codegen/kernels/half_bytes.hpp). The integer products with constant weights
// may have an operand `packed`: the levels of w once more, two neighbouring output channels in a byte, u8 [..., OC/2]. It
// says nothing new, so that results, proofs and costs are those of w; but it is what the kernel reads, and w needs no place.
namespace mote::ops {

inline constexpr std::size_t packed_operand = 6;

// Levels of -8..7, with channels whose runs begin with whole bytes: at least two, in groups of even extent.
[[nodiscard]] bool fits_half_bytes(const OpView& product);
[[nodiscard]] bool fits_half_bytes(const OpView& product, const Tensor& levels);  // these in place of w
[[nodiscard]] bool has_whole_runs(std::int64_t channels, std::int64_t groups, bool depthwise);
[[nodiscard]] Tensor half_bytes_of(const Tensor& weights);
[[nodiscard]] Tensor levels_of(const Tensor& packed, const Shape& weights);  // and back

// Operand `packed`, if there, is made of w.
[[nodiscard]] Status expect_packed(const OpView& product);

// Whether the kernel reads half bytes: of an integer product, or of a real one as its levels (weight_levels.hpp).
[[nodiscard]] bool is_packed(const OpView& product);
// A tile for packed weights, whose channels are even unless they are all there are; `divides` as in product_tile.
[[nodiscard]] Tile tile_of_pairs(Tile tile, std::int64_t channels, std::int64_t divides = 0);

}  // namespace mote::ops
