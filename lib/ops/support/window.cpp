#include "lib/ops/support/window.hpp"

#include <algorithm>
#include <limits>

#include "lib/ops/support/types.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

enum class AutoPad : std::uint8_t { notset, valid, same_upper, same_lower };

Result<AutoPad> auto_pad_of(const OpView& op) {
  if (!op.has("auto_pad")) return AutoPad::notset;
  const std::string& text = op.text("auto_pad");
  if (text.empty() || text == "NOTSET") return AutoPad::notset;
  if (text == "VALID") return AutoPad::valid;
  if (text == "SAME_UPPER") return AutoPad::same_upper;
  if (text == "SAME_LOWER") return AutoPad::same_lower;
  return at(op, Code::attribute_range,
            "auto_pad is " + quoted(text) + ", must be NOTSET, VALID, SAME_UPPER or SAME_LOWER",
            {"export with explicit pads"});
}

Result<std::vector<std::int64_t>> list_of(const OpView& op, std::string_view attr, std::size_t count,
                                          std::int64_t fallback) {
  if (!op.has(attr)) return std::vector<std::int64_t>(count, fallback);
  const std::vector<std::int64_t>& list = op.integers(attr);
  if (list.size() == count) return list;
  return at(op, Code::attribute_range,
            std::string(attr) + " has " + std::to_string(list.size()) + " elements, expected " + std::to_string(count),
            {attr == "pads" ? "give all leading pads, then all trailing ones" : "give one element per spatial axis"});
}

// A position is at most in + pads + one window; 30 bits leave room for one more step.
Status expect_small(const OpView& op, const WindowAxis& axis) {
  constexpr std::int64_t limit = std::int64_t{1} << 30;
  const std::int64_t farthest = axis.in + axis.pad_begin + axis.pad_end + axis.reach() + axis.stride;
  if (farthest <= limit) return Ok{};
  return at(op, Code::limit_exceeded,
            "a window of " + std::to_string(axis.reach()) + " positions over an extent of " + std::to_string(axis.in) +
                " reaches position " + std::to_string(farthest) + ", the limit is " + std::to_string(limit),
            {"check kernel_shape, dilations and pads"});
}

Status expect_countable(const OpView& op, const Window& window) {
  // Kernels count taps with 32 bits. Three factors of at most 2^30 each: two products suffice to see an overflow.
  constexpr std::int64_t limit = std::int64_t{1} << 30;
  const std::int64_t area = window[1].kernel * window[2].kernel;
  if (area <= limit && area * window[0].kernel <= limit) return Ok{};
  return at(op, Code::limit_exceeded, "a window has more than " + std::to_string(limit) + " taps",
            {"check kernel_shape"});
}

void pad_same(WindowAxis& axis, bool odd_pad_at_end) {
  axis.out = (axis.in + axis.stride - 1) / axis.stride;
  const std::int64_t total = std::max<std::int64_t>((axis.out - 1) * axis.stride + axis.reach() - axis.in, 0);
  axis.pad_begin = odd_pad_at_end ? total / 2 : total - total / 2;
  axis.pad_end = total - axis.pad_begin;
}

// Positions that the first window leaves over; negative where it does not fit.
std::int64_t room(const WindowAxis& axis) { return axis.in + axis.pad_begin + axis.pad_end - axis.reach(); }

// SAME pads make every window fit but those over nothing: they pad for the outputs there are, and an extent of 0 has none.
Status expect_room(const OpView& op, const WindowAxis& axis) {
  if (room(axis) >= 0) return Ok{};
  return at(op, Code::shape_mismatch,
            "a window of " + std::to_string(axis.reach()) + " positions does not fit an extent of " +
                std::to_string(axis.in) + " with pads " + std::to_string(axis.pad_begin) + " and " +
                std::to_string(axis.pad_end),
            {"make the input larger, or check kernel_shape, dilations and pads"});
}

void count_outputs(WindowAxis& axis, bool ceil_mode) {
  axis.out = (ceil_mode ? (room(axis) + axis.stride - 1) / axis.stride : room(axis) / axis.stride) + 1;
  if (ceil_mode && (axis.out - 1) * axis.stride >= axis.in + axis.pad_begin) --axis.out;
}

std::int64_t random_extent(Rng& rng, const WindowAxis& axis) {
  // Pads never exceed what they are added to, so that small inputs meet windows that lie mostly in the padding.
  const std::int64_t smallest = std::max<std::int64_t>(axis.reach() - axis.pad_begin - axis.pad_end, 1);
  return smallest + rng.integer(0, 5);
}

}  // namespace

Result<Window> resolve_window(const OpView& op, std::span<const std::int64_t> in,
                              std::span<const std::int64_t> kernel) {
  const std::size_t count = in.size();
  MOTE_CHECK(count >= 1 && count <= 3);
  if (kernel.size() != count)
    return at(op, Code::attribute_range,
              "kernel_shape has " + std::to_string(kernel.size()) + " elements, expected " + std::to_string(count),
              {"give one element per spatial axis"});
  MOTE_TRY(const auto strides, list_of(op, "strides", count, 1));
  MOTE_TRY(const auto dilations, list_of(op, "dilations", count, 1));
  MOTE_TRY(const auto pads, list_of(op, "pads", 2 * count, 0));
  MOTE_TRY(const AutoPad auto_pad, auto_pad_of(op));
  if (auto_pad != AutoPad::notset && std::ranges::any_of(pads, [](std::int64_t pad) { return pad != 0; }))
    return at(
        op, Code::unsupported_form,
        "pads are " + join(pads, ",") + " although auto_pad is " + op.text("auto_pad") + ", expected one of the two",
        {"remove either attribute"});
  const bool ceil_mode = op.has("ceil_mode") && op.integer("ceil_mode") != 0;

  Window window{};
  for (std::size_t i = 0; i < count; ++i) {
    WindowAxis& axis = window[3 - count + i];
    axis = {.in = in[i],
            .out = 0,
            .kernel = kernel[i],
            .stride = strides[i],
            .dilation = dilations[i],
            .pad_begin = pads[i],
            .pad_end = pads[count + i]};
    MOTE_TRY_STATUS(expect_small(op, axis));
    const bool is_same = auto_pad == AutoPad::same_upper || auto_pad == AutoPad::same_lower;
    if (is_same) pad_same(axis, auto_pad == AutoPad::same_upper);
    MOTE_TRY_STATUS(expect_room(op, axis));
    if (!is_same) count_outputs(axis, ceil_mode);
  }
  MOTE_TRY_STATUS(expect_countable(op, window));
  return window;
}

std::vector<std::int64_t> output_extents(const Window& window, std::size_t count) {
  std::vector<std::int64_t> extents;
  for (std::size_t i = 3 - count; i < 3; ++i) extents.push_back(window[i].out);
  return extents;
}

std::int64_t output_positions(const Window& window) { return window[0].out * window[1].out * window[2].out; }
std::int64_t input_positions(const Window& window) { return window[0].in * window[1].in * window[2].in; }
std::int64_t tap_count(const Window& window) { return window[0].kernel * window[1].kernel * window[2].kernel; }

TapSpan taps_within(const WindowAxis& axis, std::int64_t origin, std::int64_t extent) {
  const std::int64_t begin = origin >= 0 ? 0 : (-origin + axis.dilation - 1) / axis.dilation;
  const std::int64_t reach = origin >= extent ? 0 : (extent - origin + axis.dilation - 1) / axis.dilation;
  const std::int64_t end = std::min(reach, axis.kernel);
  return begin < end ? TapSpan{begin, end} : TapSpan{};
}

void append_window_fields(KernelCall& call, const Window& window) {
  constexpr std::array<std::string_view, 3> axis_names{"d", "h", "w"};
  constexpr std::array<std::array<std::string_view, 2>, 3> pad_names{
      {{"pad_front", "pad_back"}, {"pad_top", "pad_bottom"}, {"pad_left", "pad_right"}}};
  for (std::size_t i = 0; i < 3; ++i) {
    const WindowAxis& axis = window[i];
    const auto add = [&](std::string_view name, std::int64_t value) {
      call.fields.emplace_back(std::string(name) + "_" + std::string(axis_names[i]), field(value));
    };
    add("in", axis.in);
    add("out", axis.out);
    add("kernel", axis.kernel);
    add("stride", axis.stride);
    add("dilation", axis.dilation);
    call.fields.emplace_back(pad_names[i][0], field(axis.pad_begin));
    call.fields.emplace_back(pad_names[i][1], field(axis.pad_end));
  }
}

std::vector<std::int64_t> sample_window(Rng& rng, Attrs& attrs, std::span<const std::int64_t> kernel,
                                        bool with_dilations, bool with_auto_pad) {
  const std::size_t count = kernel.size();
  std::vector<std::int64_t> strides, dilations, begins, ends, extents;
  const bool auto_padded = with_auto_pad && rng.chance(3);
  for (std::size_t i = 0; i < count; ++i) {
    WindowAxis axis{.in = 1, .out = 1, .kernel = kernel[i], .stride = rng.integer(1, 3)};
    if (with_dilations) axis.dilation = rng.integer(1, 2);
    if (!auto_padded) {
      axis.pad_begin = rng.integer(0, kernel[i] - 1);
      axis.pad_end = rng.integer(0, kernel[i] - 1);
    }
    strides.push_back(axis.stride);
    dilations.push_back(axis.dilation);
    begins.push_back(axis.pad_begin);
    ends.push_back(axis.pad_end);
    extents.push_back(random_extent(rng, axis));
  }
  attrs["strides"] = strides;
  if (with_dilations) attrs["dilations"] = dilations;
  constexpr std::array<std::string_view, 3> modes{"VALID", "SAME_UPPER", "SAME_LOWER"};
  if (auto_padded) {
    attrs["auto_pad"] = std::string(modes[static_cast<std::size_t>(rng.integer(0, 2))]);
  } else {
    begins.insert(begins.end(), ends.begin(), ends.end());
    attrs["pads"] = begins;
  }
  return extents;
}

}  // namespace mote::ops
