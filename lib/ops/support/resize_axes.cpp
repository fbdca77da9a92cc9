#include "lib/ops/support/resize_axes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "lib/ops/support/axes.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

// One axis as the node gives it. `length` is the output's extent before it was rounded: ONNX's formulas mean that.
struct Scaling {
  double in = 1.0, out = 1.0, length = 1.0, scale = 1.0, roi_begin = 0.0, roi_end = 1.0;
};

constexpr std::array<std::string_view, 7> coordinate_modes{
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
    "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"};
constexpr std::array<std::string_view, 5> nearest_modes{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil",
                                                        "simple"};
constexpr std::array<std::string_view, 3> modes{"nearest", "linear", "cubic"};
constexpr std::array<std::string_view, 3> policies{"stretch", "not_larger", "not_smaller"};

Status expect_one_of(const OpView& op, std::string_view attr, std::span<const std::string_view> known) {
  const std::string& given = op.text(attr);
  if (std::ranges::find(known, given) != known.end()) return Ok{};
  std::string expected;
  for (const std::string_view name : known) expected += (expected.empty() ? "" : ", ") + std::string(name);
  return at(op, Code::attribute_range, std::string(attr) + " is '" + given + "', expected one of " + expected);
}

// The input's coordinate of an output position.
double source_of(std::string_view mode, const Scaling& s, double x) {
  if (mode == "align_corners") return s.out == 1.0 ? 0.0 : x * (s.in - 1.0) / (s.length - 1.0);
  if (mode == "asymmetric") return x / s.scale;
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / s.scale;
  if (mode == "pytorch_half_pixel") return s.out == 1.0 ? -0.5 : (x + 0.5) / s.scale - 0.5;
  if (mode == "half_pixel_symmetric") return s.in / 2.0 * (1.0 - s.out / s.length) + (x + 0.5) / s.scale - 0.5;
  if (mode == "tf_crop_and_resize") {
    const double reach = (s.roi_end - s.roi_begin) * (s.in - 1.0);
    return s.roi_begin * (s.in - 1.0) + (s.out == 1.0 ? reach / 2.0 : x * reach / (s.out - 1.0));
  }
  return (x + 0.5) / s.scale - 0.5;
}

double nearest(std::string_view mode, double x, double scale) {
  if (mode == "round_prefer_floor") return std::ceil(x - 0.5);
  if (mode == "round_prefer_ceil") return std::floor(x + 0.5);
  if (mode == "simple") return scale < 1.0 ? std::ceil(x) : std::floor(x);
  return mode == "floor" ? std::floor(x) : std::ceil(x);
}

// Keys' cubic convolution kernel with parameter a: the weights of the taps at -1, 0, 1 and 2.
std::vector<double> cubic_weights(double ratio, double a) {
  const auto near = [&](double d) { return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0; };
  const auto far = [&](double d) { return ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a; };
  return {far(ratio + 1.0), near(ratio), near(1.0 - ratio), far(2.0 - ratio)};
}

// Unfolded taps: their first position and weights.
struct Taps {
  std::int64_t first = 0;
  std::vector<double> weights{};
};

Taps taps_at(const OpView& op, const Scaling& s, double x) {
  const std::string& mode = op.text("mode");
  if (mode == "nearest") return {static_cast<std::int64_t>(nearest(op.text("nearest_mode"), x, s.scale)), {1.0}};
  const double below = std::floor(x), ratio = x - below;
  if (mode == "linear") return {static_cast<std::int64_t>(below), {1.0 - ratio, ratio}};
  return {static_cast<std::int64_t>(below) - 1, cubic_weights(ratio, static_cast<double>(op.real("cubic_coeff_a")))};
}

void exclude_outside(Taps& taps, std::int64_t extent) {
  for (std::size_t k = 0; k < taps.weights.size(); ++k) {
    const std::int64_t position = taps.first + static_cast<std::int64_t>(k);
    if (position < 0 || position >= extent) taps.weights[k] = 0.0;
  }
  const double sum = std::accumulate(taps.weights.begin(), taps.weights.end(), 0.0);
  for (double& weight : taps.weights) weight /= sum;
}

void append_folded(ResizeAxis& axis, const Taps& taps) {
  const std::int64_t start = std::clamp<std::int64_t>(taps.first, 0, axis.in - axis.taps);
  std::vector<double> folded(static_cast<std::size_t>(axis.taps), 0.0);
  for (std::size_t k = 0; k < taps.weights.size(); ++k) {
    const std::int64_t position = std::clamp<std::int64_t>(taps.first + static_cast<std::int64_t>(k), 0, axis.in - 1);
    folded[static_cast<std::size_t>(std::clamp<std::int64_t>(position - start, 0, axis.taps - 1))] += taps.weights[k];
  }
  axis.start.push_back(start);
  axis.weights.insert(axis.weights.end(), folded.begin(), folded.end());
}

ResizeAxis resampled(const OpView& op, std::size_t place, const Scaling& s) {
  const std::string& mode = op.text("mode");
  const std::int64_t whole_taps = mode == "nearest" ? 1 : (mode == "linear" ? 2 : 4);
  ResizeAxis axis{.axis = place, .in = static_cast<std::int64_t>(s.in), .out = static_cast<std::int64_t>(s.out)};
  axis.taps = std::min(whole_taps, axis.in);
  const std::string& coordinates = op.text("coordinate_transformation_mode");
  for (std::int64_t o = 0; o < axis.out; ++o) {
    const double x = source_of(coordinates, s, static_cast<double>(o));
    Taps taps = taps_at(op, s, x);
    if (op.integer("exclude_outside") != 0) exclude_outside(taps, axis.in);
    append_folded(axis, taps);
    if (coordinates == "tf_crop_and_resize" && (x < 0.0 || x > s.in - 1.0)) axis.start.back() = ResizeAxis::outside;
  }
  return axis;
}

bool is_given(const OpView& op, std::string_view attr) {
  if (!op.has(attr)) return false;
  return std::visit(
      [](const auto& value) {
        if constexpr (requires { value.empty(); }) return !value.empty();
        else return true;
      },
      op.node.attrs.find(attr)->second);
}

Status expect_length(const OpView& op, std::string_view attr, std::size_t found, std::size_t expected) {
  if (found == expected) return Ok{};
  return at(op, Code::shape_mismatch,
            "'" + std::string(attr) + "' has " + std::to_string(found) + " elements, expected " +
                std::to_string(expected),
            {"the input is " + op.in(0).shape.text()});
}

// With a policy, one scale for all axes: the least or the greatest of those that the sizes ask for.
void keep_aspect_ratio(std::string_view policy, std::vector<Scaling>& scalings) {
  const auto by_scale = [](const Scaling& a, const Scaling& b) { return a.scale < b.scale; };
  const double scale = policy == "not_larger" ? std::ranges::min_element(scalings, by_scale)->scale
                                              : std::ranges::max_element(scalings, by_scale)->scale;
  for (Scaling& s : scalings) {
    s.scale = scale;
    s.out = s.length = std::floor(scale * s.in + 0.5);
  }
}

Result<std::vector<Scaling>> scalings_from_sizes(const OpView& op, const std::vector<std::size_t>& axes) {
  const std::vector<std::int64_t>& sizes = op.integers("sizes");
  MOTE_TRY_STATUS(expect_length(op, "sizes", sizes.size(), axes.size()));
  std::vector<Scaling> scalings;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto in = static_cast<double>(op.in(0).shape[axes[i]]), out = static_cast<double>(sizes[i]);
    scalings.push_back({.in = in, .out = out, .length = out, .scale = out / in});
  }
  const std::string& policy = op.text("keep_aspect_ratio_policy");
  if (policy != "stretch" && !scalings.empty()) keep_aspect_ratio(policy, scalings);
  return scalings;
}

Result<std::vector<Scaling>> scalings_from_scales(const OpView& op, const std::vector<std::size_t>& axes) {
  const auto& scales = std::get<std::vector<float>>(op.node.attrs.find("scales")->second);
  MOTE_TRY_STATUS(expect_length(op, "scales", scales.size(), axes.size()));
  std::vector<Scaling> scalings;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto in = static_cast<double>(op.in(0).shape[axes[i]]);
    // The product in single precision: 3 elements times 1/3 are one, not none.
    const auto length = static_cast<double>(scales[i] * static_cast<float>(in));
    scalings.push_back(
        {.in = in, .out = std::floor(length), .length = length, .scale = static_cast<double>(scales[i])});
  }
  return scalings;
}

Result<std::vector<Scaling>> scalings_of(const OpView& op, const std::vector<std::size_t>& axes) {
  if (is_given(op, "scales") == is_given(op, "sizes"))
    return at(op, Code::unsupported_form, "expected either 'scales' or 'sizes'",
              {"both or neither say how large the result is"});
  MOTE_TRY(std::vector<Scaling> scalings,
           is_given(op, "sizes") ? scalings_from_sizes(op, axes) : scalings_from_scales(op, axes));
  if (op.text("coordinate_transformation_mode") != "tf_crop_and_resize") return scalings;
  const std::vector<float> none;
  const auto& roi = op.has("roi") ? std::get<std::vector<float>>(op.node.attrs.find("roi")->second) : none;
  MOTE_TRY_STATUS(expect_length(op, "roi", roi.size(), 2 * axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    scalings[i].roi_begin = static_cast<double>(roi[i]);
    scalings[i].roi_end = static_cast<double>(roi[i + axes.size()]);
  }
  return scalings;
}

Status check_texts(const OpView& op) {
  MOTE_TRY_STATUS(expect_one_of(op, "mode", modes));
  MOTE_TRY_STATUS(expect_one_of(op, "coordinate_transformation_mode", coordinate_modes));
  MOTE_TRY_STATUS(expect_one_of(op, "nearest_mode", nearest_modes));
  MOTE_TRY_STATUS(expect_one_of(op, "keep_aspect_ratio_policy", policies));
  if (op.integer("antialias") == 0) return Ok{};
  return at(op, Code::unsupported_form, "antialias is 1, expected 0",
            {"export with antialias=0, or shrink the input before inference"});
}

Status expect_extent(const OpView& op, const Scaling& s) {
  constexpr double most = 1 << 24;
  if (s.in >= 1.0 && s.out >= 1.0 && s.out <= most && s.scale > 0.0 && std::isfinite(s.scale)) return Ok{};
  return at(op, Code::attribute_range,
            "an axis of " + number_text(s.in) + " elements would get " + number_text(s.out) +
                ", expected at least one of each and at most 2^24",
            {"check the exported scales or sizes"});
}

}  // namespace

bool ResizeAxis::changes_nothing() const {
  if (in != out) return false;
  for (std::int64_t o = 0; o < out; ++o) {
    const auto own = o - start[static_cast<std::size_t>(o)];
    if (own < 0 || own >= taps) return false;
    for (std::int64_t k = 0; k < taps; ++k)
      if (weights[static_cast<std::size_t>(o * taps + k)] != (k == own ? 1.0 : 0.0)) return false;
  }
  return true;
}

Result<std::vector<ResizeAxis>> resize_axes(const OpView& op) {
  MOTE_TRY_STATUS(check_texts(op));
  MOTE_TRY(const std::vector<std::size_t> axes, axes_or_all(op, "axes", op.in(0).shape.rank()));
  MOTE_TRY(const std::vector<Scaling> scalings, scalings_of(op, axes));
  std::vector<ResizeAxis> result;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    MOTE_TRY_STATUS(expect_extent(op, scalings[i]));
    result.push_back(resampled(op, axes[i], scalings[i]));
  }
  std::ranges::sort(result, {}, &ResizeAxis::axis);
  return result;
}

}  // namespace mote::ops
