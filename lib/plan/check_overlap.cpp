#include "lib/plan/check_overlap.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "lib/support/check.hpp"

namespace mote {
namespace {

// The output buffer while a kernel runs: which elements it has written so far. Positions are elements relative to the
// first of the output.
class Written {
 public:
  explicit Written(std::int64_t elements) : flags_(static_cast<std::size_t>(elements), char{0}) {}

  void write(std::int64_t begin, std::int64_t end) { std::fill(flags_.begin() + begin, flags_.begin() + end, char{1}); }
  // Has nothing in [begin, end) been overwritten? Positions outside of the output never are.
  [[nodiscard]] bool intact(std::int64_t begin, std::int64_t end) const {
    const auto size = static_cast<std::int64_t>(flags_.size());
    begin = std::clamp<std::int64_t>(begin, 0, size);
    end = std::clamp<std::int64_t>(end, 0, size);
    return begin >= end || std::memchr(flags_.data() + begin, 1, static_cast<std::size_t>(end - begin)) == nullptr;
  }

 private:
  std::vector<char> flags_;
};

// The geometry struct of a call, as the kernel's headers name its members.
struct Geometry {
  const KernelCall& call;

  [[nodiscard]] std::int64_t operator()(std::string_view name) const {
    const auto named = [&](const auto& entry) { return entry.first == name; };
    const auto found = std::ranges::find_if(call.fields, named);
    MOTE_CHECK(found != call.fields.end() && std::holds_alternative<std::int32_t>(found->second));
    return std::get<std::int32_t>(found->second);
  }
  [[nodiscard]] bool flag(std::string_view name) const {
    return std::ranges::any_of(call.fields, [&](const auto& entry) {
      return entry.first == name && std::holds_alternative<bool>(entry.second) && std::get<bool>(entry.second);
    });
  }
};

// One output position of a window kernel: which input elements a block of channels reads there.
struct Position {
  std::int64_t image, od, oh, ow;
};

// Extents and taps of one axis.
struct Axis {
  std::int64_t in = 1, out = 1, kernel = 1, stride = 1, pad = 0, dilation = 1;
  [[nodiscard]] std::int64_t tap(std::int64_t position, std::int64_t k) const {
    return position * stride - pad + k * dilation;
  }
  [[nodiscard]] bool has(std::int64_t at) const { return at >= 0 && at < in; }
  [[nodiscard]] bool all_taps_inside(std::int64_t position) const {
    return has(tap(position, 0)) && has(tap(position, kernel - 1));
  }
};

Axis axis(const Geometry& g, const std::string& name, std::string_view pad) {
  return {g("in_" + name), g("out_" + name), g("kernel_" + name), g("stride_" + name), g(pad), g("dilation_" + name)};
}

// What the documentation of codegen/kernels/{window_rows,pool2d_loops}.hpp says about their loops.
struct Kernel {
  std::int64_t images = 1, in_c = 1, out_c = 1, tile_w = 1, tile_c = 1;
  Axis d{}, h{}, w{};
  std::int64_t groups = 1;
  std::int64_t multiplier = 0;  // > 0: output channel c reads input channel c / multiplier alone
  bool backward = false;        // tiles from the last to the first
};

Kernel convolution(const Geometry& g, bool depthwise) {
  Kernel k{.images = g("batch"), .in_c = g("in_c"), .out_c = g("out_c"), .tile_w = g("tile_w"), .tile_c = g("tile_c")};
  k.h = axis(g, "h", "pad_top");
  k.w = axis(g, "w", "pad_left");
  if (depthwise) {
    k.multiplier = g("multiplier");
    return k;
  }
  k.groups = g("groups");
  const bool pointwise = k.h.kernel == 1 && k.w.kernel == 1 && k.h.stride == 1 && k.w.stride == 1 && k.h.pad == 0 &&
                         k.w.pad == 0 && k.h.in == k.h.out && k.w.in == k.w.out;
  if (pointwise) {  // one long row
    k.w.in = k.w.out = k.images * k.h.in * k.w.in;
    k.h = Axis{};
    k.images = 1;
  }
  return k;
}

Kernel dense(const Geometry& g) {
  Kernel k{.images = 1, .in_c = g("depth"), .out_c = g("columns"), .tile_w = g("tile_w"), .tile_c = g("tile_c")};
  k.w.in = k.w.out = g("rows");
  return k;
}

Kernel pool(const Geometry& g) {
  Kernel k{.images = g("batch"), .in_c = g("channels"), .out_c = g("channels"), .tile_w = 1, .tile_c = g("tile_c")};
  k.d = axis(g, "d", "pad_front");
  k.h = axis(g, "h", "pad_top");
  k.w = axis(g, "w", "pad_left");
  k.multiplier = 1;
  return k;
}

// Runs the loops. `input` and `residual` are the positions of those operands relative to the output, in elements.
class Replay {
 public:
  Replay(const Kernel& kernel, std::int64_t input, std::optional<std::int64_t> residual)
      : k_(kernel),
        input_(input),
        residual_(residual),
        written_(kernel.images * kernel.d.out * kernel.h.out * kernel.w.out * kernel.out_c) {}

  bool safe() {
    std::vector<Tile> tiles = tiles_in_order();
    if (k_.backward) std::ranges::reverse(tiles);
    return std::ranges::all_of(tiles, [&](const Tile& t) { return tile(t.first, t.width); });
  }

 private:
  struct Tile {
    Position first{};
    std::int64_t width = 1;
  };

  [[nodiscard]] std::vector<Tile> tiles_in_order() const {
    std::vector<Tile> tiles;
    for (std::int64_t image = 0; image < k_.images; ++image) {
      for (std::int64_t od = 0; od < k_.d.out; ++od) {
        for (std::int64_t oh = 0; oh < k_.h.out; ++oh) {
          for (std::int64_t ow = 0; ow < k_.w.out; ow += tiles.back().width) {
            tiles.push_back({.first = {image, od, oh, ow}, .width = width_at(ow)});
          }
        }
      }
    }
    return tiles;
  }

  // Border pixels alone; between them tiles of tile_w pixels and one of what is left.
  [[nodiscard]] std::int64_t width_at(std::int64_t ow) const {
    std::int64_t width = 1;
    if (!k_.w.all_taps_inside(ow)) return width;
    while (width < k_.tile_w && ow + width < k_.w.out && k_.w.all_taps_inside(ow + width)) ++width;
    return width;
  }

  bool tile(const Position& first, std::int64_t width) {
    const std::int64_t per_group = k_.out_c / k_.groups;
    for (std::int64_t group = 0; group < k_.groups; ++group) {
      const std::int64_t end = (group + 1) * per_group;
      for (std::int64_t oc = group * per_group; oc < end; oc += k_.tile_c) {
        if (!block(first, width, oc, std::min(oc + k_.tile_c, end))) return false;
      }
    }
    return true;
  }

  // A block reads all of its window, then writes pixel by pixel; each pixel's residual is read just before.
  bool block(const Position& first, std::int64_t width, std::int64_t oc, std::int64_t oc_end) {
    for (std::int64_t i = 0; i < width; ++i) {
      if (!window_intact({first.image, first.od, first.oh, first.ow + i}, oc, oc_end)) return false;
    }
    for (std::int64_t i = 0; i < width; ++i) {
      const std::int64_t pixel = ((first.image * k_.d.out + first.od) * k_.h.out + first.oh) * k_.w.out + first.ow + i;
      const std::int64_t begin = pixel * k_.out_c + oc;
      const std::int64_t end = pixel * k_.out_c + oc_end;
      if (residual_ && !written_.intact(*residual_ + begin, *residual_ + end)) return false;
      written_.write(begin, end);
    }
    return true;
  }

  bool window_intact(const Position& at, std::int64_t oc, std::int64_t oc_end) const {
    const std::int64_t per_group = k_.out_c / k_.groups;
    const std::int64_t group_in = k_.in_c / k_.groups;
    const std::int64_t begin = k_.multiplier > 0 ? oc / k_.multiplier : oc / per_group * group_in;
    const std::int64_t end = k_.multiplier > 0 ? (oc_end - 1) / k_.multiplier + 1 : begin + group_in;
    for (std::int64_t kd = 0; kd < k_.d.kernel; ++kd) {
      for (std::int64_t kh = 0; kh < k_.h.kernel; ++kh) {
        for (std::int64_t kw = 0; kw < k_.w.kernel; ++kw) {
          const std::int64_t d = k_.d.tap(at.od, kd), h = k_.h.tap(at.oh, kh), w = k_.w.tap(at.ow, kw);
          if (!k_.d.has(d) || !k_.h.has(h) || !k_.w.has(w)) continue;
          const std::int64_t pixel = ((at.image * k_.d.in + d) * k_.h.in + h) * k_.w.in + w;
          if (!written_.intact(input_ + pixel * k_.in_c + begin, input_ + pixel * k_.in_c + end)) return false;
        }
      }
    }
    return true;
  }

  const Kernel& k_;
  std::int64_t input_;
  std::optional<std::int64_t> residual_;
  Written written_;
};

std::optional<Kernel> forward_kernel(const KernelCall& call, std::string_view name) {
  const Geometry geometry{call};
  if (name == "conv2d_f32" || name == "quantized_conv2d") return convolution(geometry, false);
  if (name == "depthwise_conv2d_f32" || name == "quantized_depthwise_conv2d") return convolution(geometry, true);
  if (name == "dense_f32" || name == "quantized_dense") return dense(geometry);
  for (const std::string_view pooling :
       {"max_pool2d_f32", "average_pool2d_f32", "max_pool2d_integer", "average_pool2d_integer"})
    if (name == pooling) return pool(geometry);
  return std::nullopt;
}

std::optional<Kernel> kernel_of(const KernelCall& call) {
  constexpr std::string_view suffix = "_backward";
  std::string_view name = call.kernel;
  const bool backward = name.ends_with(suffix);
  if (backward) name.remove_suffix(suffix.size());
  for (const std::string_view of_weights : {"_s4", "_levels", "_sparse", "_sparse_quads"})
    if (name.ends_with(of_weights)) name.remove_suffix(of_weights.size());
  std::optional<Kernel> kernel = forward_kernel(call, name);
  if (kernel) kernel->backward = backward;
  return kernel;
}

bool window_is_safe(const Plan& plan, const KernelCall& call, const Placement& output,
                    const std::vector<const Placement*>& operands) {
  const auto kernel = kernel_of(call);
  if (!kernel) return false;
  const std::int64_t element = byte_size(plan.graph.at(output.value).type.dtype);
  // Operands by role: input first, output last, before it the residual where the geometry has one. No other may overlap.
  const bool has_residual = Geometry{call}.flag("has_residual");
  const auto is_residual = [&](std::size_t role) { return has_residual && role + 2 == call.operands.size(); };
  const std::int64_t far_away = plan.graph.at(output.value).type.shape.elements() + 1;
  std::int64_t input = far_away;
  std::optional<std::int64_t> residual;
  for (const Placement* operand : operands) {
    const std::int64_t elements = (operand->offset - output.offset) / element;
    if ((operand->offset - output.offset) % element != 0) return false;
    for (std::size_t role = 0; role + 1 < call.operands.size(); ++role) {
      if (call.operands[role] != operand->value) continue;
      if (role != 0 && !is_residual(role)) return false;
      if (role == 0) input = elements;
      if (role != 0) residual = elements;
    }
  }
  return Replay(*kernel, input, residual).safe();
}

// Element i is written after element i of every same-shaped operand was read, in order of i. So an operand may lie at
// or after the output, never before it.
bool elementwise_is_safe(const Plan& plan, const Placement& output, const std::vector<const Placement*>& operands) {
  const TensorType& written = plan.graph.at(output.value).type;
  return std::ranges::all_of(operands, [&](const Placement* operand) {
    return plan.graph.at(operand->value).type.shape == written.shape && operand->offset >= output.offset;
  });
}

}  // namespace

bool overlap_is_safe(const Plan& plan, const Step& step, const Placement& output,
                     const std::vector<const Placement*>& operands) {
  // A compiler may assume that objects of different types do not overlap.
  const auto same_type = [&](const Placement* operand) {
    return c_name(plan.graph.at(operand->value).type.dtype) == c_name(plan.graph.at(output.value).type.dtype);
  };
  if (!std::ranges::all_of(operands, same_type)) return false;
  switch (step.call.traversal) {
    case Traversal::elementwise: return elementwise_is_safe(plan, output, operands);
    case Traversal::window: return window_is_safe(plan, step.call, output, operands);
    case Traversal::opaque: break;
  }
  return false;
}

}  // namespace mote
