#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tiling.hpp"

// Weights of 8 bits that are mostly 0, as kernels read them (codegen/kernels/quantized_sparse.hpp): the others, and how far
// apart they lie. QuantizedConv2d and QuantizedDense may have an operand `stream`, u8 [bytes], and an attribute
// `stream_channels`, the output channels whose weights lie together in it. It says nothing new, so that results, proofs and
// costs are those of w; but it is what the kernel reads, and w needs no place.
namespace mote::ops {

inline constexpr std::size_t stream_operand = 7;
inline constexpr std::int64_t most_stream_channels = 4;
inline constexpr AttrSpec stream_channels_attr{
    .name = "stream_channels", .lowest = 1, .highest = static_cast<double>(most_stream_channels)};

// The weights [rows][columns][depth][channels] of a product, and how far apart the input elements under them lie.
struct KernelRows {
  std::int64_t rows = 1, columns = 1, depth = 0, channels = 0, groups = 1;
  std::int64_t column_step = 0;  // input elements from one column to the next

  [[nodiscard]] std::int64_t span() const { return (columns - 1) * column_step + depth; }
};
[[nodiscard]] KernelRows kernel_rows_of(const OpView& product);

[[nodiscard]] inline bool has_stream(const OpView& product) { return product.has_in(stream_operand); }

// Whether blocks of so many channels are whole, in each group, and the runs not too long to be counted.
[[nodiscard]] bool fits_stream(const KernelRows& rows, std::int64_t channels);
[[nodiscard]] Tensor weight_stream(const KernelRows& rows, const Tensor& w, std::int64_t channels);
// How many weights, zeros included, the pairs of a stream hold.
[[nodiscard]] std::int64_t stored_weights(std::int64_t pair_bytes, std::int64_t channels);
// Bytes that count the pairs of a run.
[[nodiscard]] std::int32_t stream_count_bytes(const KernelRows& rows);

// With a stream, the field that only its kernel has.
void append_stream_field(const OpView& product, KernelCall& call);

// The stream, if there, is made of w.
[[nodiscard]] Status expect_stream(const OpView& product);

}  // namespace mote::ops
