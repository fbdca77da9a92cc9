#include "lib/ops/support/sparse_weights.hpp"

#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/requantize.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t w_operand = 1;

bool has_block(const OpView& product) {
  return product.has(stream_channels_attr.name) || product.has(stream_inputs_attr.name);
}

bool may_have_stream(const OpView& product) {
  if (!has_stream(product) || !product.has(stream_channels_attr.name) || is_packed(product) || is_depthwise(product))
    return false;
  const StreamBlock block = stream_block_of(product);
  return reads_blocks(product.in(0).dtype, block) && fits_stream(kernel_rows_of(product), block);
}

}  // namespace

KernelRows kernel_rows_of(const OpView& product) {
  const Shape& w = product.in(w_operand).shape;
  if (w.rank() == 2) return {.depth = w[0], .channels = w[1], .column_step = w[0]};
  const Convolution conv = convolution_of(product);
  return {.rows = conv.window[1].kernel,
          .columns = conv.window[2].kernel,
          .depth = conv.group_in_c,
          .channels = conv.groups * conv.group_out_c,
          .groups = conv.groups,
          .column_step = conv.window[2].dilation * product.in(0).shape[3]};
}

StreamBlock stream_block_of(const OpView& product) {
  return {.channels = product.integer(stream_channels_attr.name),
          .inputs = product.has(stream_inputs_attr.name) ? product.integer(stream_inputs_attr.name) : 1};
}

bool reads_blocks(DType x, const StreamBlock& block) { return block.inputs == 1 || x == DType::s8; }

bool reads_quads(const OpView& product) { return product.has(stream_inputs_attr.name); }

void append_stream_field(const OpView& product, KernelCall& call) {
  if (has_stream(product))
    call.fields.emplace_back("count_bytes", stream_count_bytes(kernel_rows_of(product), stream_block_of(product)));
}

Status expect_stream(const OpView& product) {
  if (!has_stream(product) && !has_block(product)) return Ok{};
  if (!may_have_stream(product))
    return at(
        product, Code::unsupported_form,
        "input 'stream' and attribute 'stream_channels' do not go together, expected both of them, without 'packed' "
        "and in blocks that fit the groups and the type of x",
        {"check the pass that made this node"});
  const Tensor expected = weight_stream(kernel_rows_of(product), product.constant(w_operand), stream_block_of(product));
  MOTE_TRY_STATUS(expect_constant_of(product, stream_operand, "stream", DType::u8, {expected.shape[0]}));
  if (product.constant(stream_operand).bytes == expected.bytes) return Ok{};
  return at(product, Code::unsupported_form, "input 'stream' is not made of w, expected its weights but for zeros",
            {"check the pass that made this node"});
}

}  // namespace mote::ops
