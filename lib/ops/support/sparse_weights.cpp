#include "lib/ops/support/sparse_weights.hpp"

#include <algorithm>

#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/requantize.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t w_operand = 1;
constexpr std::int64_t longest_step = 15, most_pairs = 65535;

// Of the longest run there can be: every element a weight, or as many steps as lead through it.
std::int64_t most_pairs_in_run(const KernelRows& rows) {
  return (rows.columns * rows.depth + rows.span() / longest_step + 2) / 2;
}

// One block's weights under one kernel row.
class Run {
 public:
  explicit Run(std::int64_t channels) : nothing_(static_cast<std::size_t>(channels), 0) {}

  // The weights over the input element `offset`, in ascending order.
  void add(std::int64_t offset, std::span<const std::int8_t> weights) {
    for (; offset - at_ > longest_step; at_ += longest_step) append(longest_step, nothing_);
    append(offset - at_, weights);
    at_ = offset;
  }

  void write(std::int32_t count_bytes, std::vector<std::uint8_t>& to) {
    if (entries_ % 2 == 1) append(0, nothing_);
    const std::size_t pairs = entries_ / 2;
    for (std::int32_t byte = 0; byte < count_bytes; ++byte) to.push_back(static_cast<std::uint8_t>(pairs >> (8 * byte)));
    to.insert(to.end(), bytes_.begin(), bytes_.end());
  }

 private:
  void append(std::int64_t step, std::span<const std::int8_t> weights) {
    if (entries_++ % 2 == 0) {
      steps_ = bytes_.size();
      bytes_.push_back(static_cast<std::uint8_t>(step));
    } else {
      bytes_[steps_] = static_cast<std::uint8_t>(bytes_[steps_] | step << 4);
    }
    for (const std::int8_t weight : weights) bytes_.push_back(static_cast<std::uint8_t>(weight));
  }

  std::vector<std::int8_t> nothing_;
  std::vector<std::uint8_t> bytes_{};
  std::size_t entries_ = 0, steps_ = 0;  // and where the steps of the last pair are
  std::int64_t at_ = 0;
};

void add_kernel_row(const KernelRows& rows, std::span<const std::int8_t> w, std::int64_t row, std::int64_t block,
                    std::int64_t channels, Run& run) {
  for (std::int64_t column = 0; column < rows.columns; ++column)
    for (std::int64_t ic = 0; ic < rows.depth; ++ic) {
      const std::int64_t first = ((row * rows.columns + column) * rows.depth + ic) * rows.channels + block;
      const auto weights = w.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(channels));
      if (std::ranges::any_of(weights, [](std::int8_t weight) { return weight != 0; }))
        run.add(column * rows.column_step + ic, weights);
    }
}

}  // namespace

KernelRows kernel_rows_of(const OpView& product) {
  const Shape& w = product.in(w_operand).shape;
  if (w.rank() == 2) return {.depth = w[0], .channels = w[1]};
  const Convolution conv = convolution_of(product);
  return {.rows = conv.window[1].kernel,
          .columns = conv.window[2].kernel,
          .depth = conv.group_in_c,
          .channels = conv.groups * conv.group_out_c,
          .groups = conv.groups,
          .column_step = conv.window[2].dilation * product.in(0).shape[3]};
}

bool fits_stream(const KernelRows& rows, std::int64_t channels) {
  return channels >= 1 && rows.channels / rows.groups % channels == 0 && most_pairs_in_run(rows) <= most_pairs;
}

std::int32_t stream_count_bytes(const KernelRows& rows) { return most_pairs_in_run(rows) <= 255 ? 1 : 2; }

Tensor weight_stream(const KernelRows& rows, const Tensor& w, std::int64_t channels) {
  std::vector<std::uint8_t> bytes;
  for (std::int64_t block = 0; block < rows.channels; block += channels)
    for (std::int64_t row = 0; row < rows.rows; ++row) {
      Run run(channels);
      add_kernel_row(rows, w.as<std::int8_t>(), row, block, channels, run);
      run.write(stream_count_bytes(rows), bytes);
    }
  Tensor stream = Tensor::zeros(DType::u8, *Shape::make({std::ssize(bytes)}));
  std::ranges::copy(bytes, stream.as<std::uint8_t>().begin());
  return stream;
}

std::int64_t stored_weights(std::int64_t pair_bytes, std::int64_t channels) {
  return pair_bytes / (1 + 2 * channels) * 2 * channels;
}

void append_stream_field(const OpView& product, KernelCall& call) {
  if (has_stream(product)) call.fields.emplace_back("count_bytes", stream_count_bytes(kernel_rows_of(product)));
}

Status expect_stream(const OpView& product) {
  if (!has_stream(product) && !product.has(stream_channels_attr.name)) return Ok{};
  const bool is_complete = has_stream(product) && product.has(stream_channels_attr.name) && !is_packed(product);
  const std::int64_t channels = is_complete ? product.integer(stream_channels_attr.name) : 0;
  if (!is_complete || is_depthwise(product) || !fits_stream(kernel_rows_of(product), channels))
    return at(product, Code::unsupported_form,
              "input 'stream' and attribute 'stream_channels' do not go together, expected both of them, without 'packed' "
              "and in blocks that fit the groups",
              {"check the pass that made this node"});
  const Tensor expected = weight_stream(kernel_rows_of(product), product.constant(w_operand), channels);
  MOTE_TRY_STATUS(expect_constant_of(product, stream_operand, "stream", DType::u8, {expected.shape[0]}));
  if (product.constant(stream_operand).bytes == expected.bytes) return Ok{};
  return at(product, Code::unsupported_form, "input 'stream' is not made of w, expected its weights but for zeros",
            {"check the pass that made this node"});
}

}  // namespace mote::ops
