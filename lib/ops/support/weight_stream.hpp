#pragma once
#include <compare>

#include "lib/ops/op_def.hpp"

// Weights of 8 bits that are mostly 0, as kernels read them (codegen/kernels/quantized_sparse.hpp and
// quantized_sparse_quads.hpp): blocks of the others, and how far apart they lie.
namespace mote::ops {

// The weights [rows][columns][depth][channels] of a product, and how far apart the input elements under them lie.
struct KernelRows {
  std::int64_t rows = 1, columns = 1, depth = 0, channels = 0, groups = 1;
  std::int64_t column_step = 0;  // input elements from one column to the next; `depth` where nothing lies between them

  [[nodiscard]] std::int64_t span() const { return (columns - 1) * column_step + depth; }
};

// What is left out, or stored, together: the weights of neighbouring output channels under neighbouring input elements.
struct StreamBlock {
  std::int64_t channels = 1;  // 1 to most_stream_channels
  std::int64_t inputs = 1;    // 1 or quad_inputs

  [[nodiscard]] std::int64_t weights() const { return channels * inputs; }
  friend auto operator<=>(const StreamBlock&, const StreamBlock&) = default;
};
// "2x4": output channels, inputs; "2" for a single input.
[[nodiscard]] std::string text_of(const StreamBlock& block);
inline constexpr std::int64_t most_stream_channels = 4, quad_inputs = 4;

// Whether blocks of so many channels are whole, in each group, quads without gaps, and the runs not too long to be
// counted.
[[nodiscard]] bool fits_stream(const KernelRows& rows, const StreamBlock& block);
// u8 [bytes]
[[nodiscard]] Tensor weight_stream(const KernelRows& rows, const Tensor& w, const StreamBlock& block);
// How many weights, zeros included, a stream of such weights holds.
[[nodiscard]] std::int64_t stored_weights(const KernelRows& rows, const StreamBlock& block,
                                          std::span<const std::uint8_t> stream);
// Bytes that count what is in a run.
[[nodiscard]] std::int32_t stream_count_bytes(const KernelRows& rows, const StreamBlock& block);

}  // namespace mote::ops
