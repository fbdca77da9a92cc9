#pragma once
#include "lib/ops/support/weight_stream.hpp"

// QuantizedConv2d and QuantizedDense whose weights are mostly 0 may have an operand `stream`, u8 [bytes], and
// attributes `stream_channels`, the output channels whose weights lie together in it, and for quads `stream_inputs`,
// the input elements (weight_stream.hpp; quads need x of 8 bits). It says nothing new, so that results, proofs and
// costs are those of w; but it is what the kernel reads, and w needs no place.
namespace mote::ops {

inline constexpr std::size_t stream_operand = 7;
inline constexpr AttrSpec stream_channels_attr{
    .name = "stream_channels", .lowest = 1, .highest = static_cast<double>(most_stream_channels)};
inline constexpr AttrSpec stream_inputs_attr{
    .name = "stream_inputs", .lowest = static_cast<double>(quad_inputs), .highest = static_cast<double>(quad_inputs)};

[[nodiscard]] KernelRows kernel_rows_of(const OpView& product);

[[nodiscard]] inline bool has_stream(const OpView& product) { return product.has_in(stream_operand); }
// With a stream: what lies together in it.
[[nodiscard]] StreamBlock stream_block_of(const OpView& product);
// Whether the kernel of a stream in such blocks can be that of a product that reads x.
[[nodiscard]] bool reads_blocks(DType x, const StreamBlock& block);
// Whether the kernel reads four elements of x at a time, the faster the better they are aligned.
[[nodiscard]] bool reads_quads(const OpView& product);

// With a stream, the field that only its kernel has.
void append_stream_field(const OpView& product, KernelCall& call);

// The stream, if there, is made of w.
[[nodiscard]] Status expect_stream(const OpView& product);

}  // namespace mote::ops
