#include "lib/ops/support/conv2d_geometry.hpp"

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Window> window_of(const OpView& op) {
  return resolve_window(op, op.in(0).shape.extents().subspan(1, 2), op.in(1).shape.extents().first(2));
}

// Called once ranks are known.
struct Channels {
  std::int64_t groups, group_in_c, group_out_c;
};

Result<Channels> channels_of(const OpView& op) {
  const Shape& w = op.in(1).shape;
  const std::int64_t in_c = op.in(0).shape[3];
  const std::int64_t out_c = w[w.rank() - 1];
  const std::int64_t groups = is_depthwise(op) ? in_c : op.integer("group");
  const std::int64_t group_in_c = is_depthwise(op) ? 1 : w[2];
  const bool whole_groups = groups == 0 ? out_c == 0 : out_c % groups == 0;
  if (group_in_c * groups != in_c || !whole_groups)
    return at(op, Code::shape_mismatch,
              "weights " + w.text() + " do not fit " + std::to_string(in_c) + " input channels in " +
                  std::to_string(groups) + " groups, expected " + (is_depthwise(op) ? "KHxKWx" : "KHxKWxC/groupx") +
                  "(a multiple of the groups)",
              {"core convolutions are channels last; check the pass that made this node"});
  return Channels{groups, group_in_c, groups == 0 ? 0 : out_c / groups};
}

Status check_operands(const OpView& op) {
  const std::size_t weight_rank = is_depthwise(op) ? 3 : 4;
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 4, 4));
  MOTE_TRY_STATUS(expect_rank(op, 1, "w", weight_rank, weight_rank));
  MOTE_TRY_STATUS(expect_constant(op, 1, "w"));
  if (op.in(1).shape[0] >= 1 && op.in(1).shape[1] >= 1) return Ok{};
  return at(op, Code::shape_mismatch, "input 'w' is " + op.in(1).shape.text() + ", expected kernel extents >= 1",
            {"check the pass that made this node"});
}

// A 1x1 convolution without pads sees all pixels as one row.
std::int64_t row_width(const Convolution& conv) {
  const WindowAxis& row = conv.window[2];
  const bool pointwise = tap_count(conv.window) == 1 && row.stride == 1 && conv.window[1].stride == 1 &&
                         row.in == row.out && conv.window[1].in == conv.window[1].out && row.pad_begin == 0 &&
                         conv.window[1].pad_begin == 0;
  return pointwise ? conv.batch * output_positions(conv.window) : row.out;
}

Tile tile_of(const OpView& op, const Convolution& conv, const Target& target, Arithmetic arithmetic) {
  const std::int64_t width = row_width(conv);
  if (has_stream(op)) return sparse_tile(target, width, stream_block_of(op));
  // With a multiplier a tile's channels share one input channel; without, neighbours read neighbours.
  const bool shares_inputs = !is_depthwise(op) || conv.group_out_c > 1;
  const std::int64_t channels = shares_inputs ? conv.group_out_c : conv.groups;
  const std::int64_t divides = shares_inputs && (is_depthwise(op) || conv.groups > 1) ? channels : 0;
  const Tile tile = shares_inputs ? product_tile(target, arithmetic, width, channels, divides)
                                  : depthwise_tile(target, arithmetic, width, channels);
  return is_packed(op) ? tile_of_pairs(tile, conv.groups * conv.group_out_c, divides) : tile;
}

// Output positions along a spatial axis of a sampled window.
std::int64_t sampled_outputs(const Attrs& attrs, std::size_t axis, std::int64_t in, std::int64_t kernel) {
  const auto value = [&](std::string_view attr, std::size_t i) {
    return std::get<std::vector<std::int64_t>>(attrs.find(attr)->second)[i];
  };
  const std::int64_t reach = (kernel - 1) * value("dilations", axis) + 1;
  return (in + value("pads", axis) + value("pads", axis + 2) - reach) / value("strides", axis) + 1;
}

}  // namespace

bool is_depthwise(const OpView& op) { return op.node.op->name.ends_with("DepthwiseConv2d"); }

Result<std::vector<std::int64_t>> convolution_extents(const OpView& op) {
  MOTE_TRY_STATUS(check_operands(op));
  MOTE_TRY(const Channels channels, channels_of(op));
  MOTE_TRY(const Window window, window_of(op));
  return std::vector{op.in(0).shape[0], window[1].out, window[2].out, channels.groups * channels.group_out_c};
}

Convolution convolution_of(const OpView& op) {
  const Window window = *window_of(op);
  const Channels channels = *channels_of(op);
  const std::int64_t out_c = channels.groups * channels.group_out_c;
  return {.batch = op.in(0).shape[0],
          .groups = channels.groups,
          .group_in_c = channels.group_in_c,
          .group_out_c = channels.group_out_c,
          .window = window,
          .input = channels_last(op.in(0).shape[3], input_positions(window)),
          .output = channels_last(out_c, output_positions(window)),
          .weights = {.out_channel = 1, .in_channel = out_c, .tap = channels.group_in_c * out_c}};
}

void append_convolution_fields(const OpView& op, const Target& target, Arithmetic arithmetic, bool has_residual,
                               KernelCall& call) {
  const Convolution conv = convolution_of(op);
  const WindowAxis& rows = conv.window[1];
  const WindowAxis& columns = conv.window[2];
  const Tile tile = tile_of(op, conv, target, arithmetic);
  const auto add = [&](const char* name, std::int64_t value) { call.fields.emplace_back(name, field(value)); };
  add("batch", conv.batch);
  add("in_h", rows.in);
  add("in_w", columns.in);
  add("in_c", op.in(0).shape[3]);
  add("out_h", rows.out);
  add("out_w", columns.out);
  add("out_c", conv.groups * conv.group_out_c);
  add("kernel_h", rows.kernel);
  add("kernel_w", columns.kernel);
  add("stride_h", rows.stride);
  add("stride_w", columns.stride);
  add("pad_top", rows.pad_begin);
  add("pad_left", columns.pad_begin);
  add("dilation_h", rows.dilation);
  add("dilation_w", columns.dilation);
  if (is_depthwise(op))
    add("multiplier", conv.group_out_c);
  else
    add("groups", conv.groups);
  // Plain weights: neighbouring output channels are neighbours in memory, two in a byte if packed.
  const std::int64_t weights_per_step = is_packed(op) ? 2 : 1;
  add("weight_step", (conv.groups * conv.group_out_c + weights_per_step - 1) / weights_per_step);
  add("weight_block", (tile.channels + weights_per_step - 1) / weights_per_step);
  add("tile_w", tile.width);
  add("tile_c", tile.channels);
  call.fields.emplace_back("has_residual", has_residual);
}

SampledConvolution sample_convolution(Rng& rng, Attrs& attrs, bool depthwise) {
  const std::vector<std::int64_t> kernel{rng.integer(1, 3), rng.integer(1, 3)};
  const std::int64_t groups = rng.integer(1, 3);
  const std::int64_t group_in_c = depthwise ? 1 : rng.integer(1, 3);
  const std::int64_t out_c = groups * rng.integer(1, 5);
  const auto spatial = sample_window(rng, attrs, kernel, true, false);
  if (!depthwise) attrs["group"] = groups;
  const std::int64_t batch = rng.integer(1, 2);
  SampledConvolution sampled{.x = {batch, spatial[0], spatial[1], groups * group_in_c},
                             .w = {kernel[0], kernel[1], group_in_c, out_c},
                             .y = {batch, sampled_outputs(attrs, 0, spatial[0], kernel[0]),
                                   sampled_outputs(attrs, 1, spatial[1], kernel[1]), out_c}};
  if (depthwise) sampled.w.erase(sampled.w.begin() + 2);
  return sampled;
}

}  // namespace mote::ops
