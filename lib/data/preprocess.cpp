#include "lib/data/preprocess.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "lib/data/row_source.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

// "nhwc->nchw" as stored and wanted axes, without the sample's n.
struct Layout {
  std::string from{}, to{};
};

std::optional<Layout> parse_layout(const std::string& text) {
  const std::size_t arrow = text.find("->");
  Layout layout{text.substr(0, arrow), arrow == std::string::npos ? text : text.substr(arrow + 2)};
  std::string a = layout.from, b = layout.to;
  std::ranges::sort(a);
  std::ranges::sort(b);
  const bool distinct = std::ranges::adjacent_find(a) == a.end();
  if (a != b || !distinct || !layout.from.starts_with('n') || !layout.to.starts_with('n') || a.find('c') == std::string::npos)
    return std::nullopt;
  return Layout{layout.from.substr(1), layout.to.substr(1)};
}

// The sample without a leading batch axis of 1, if that gives the rank that the layout speaks of.
std::optional<std::vector<std::int64_t>> layout_axes(const Shape& stored, const Layout& layout) {
  std::vector<std::int64_t> extents(stored.extents().begin(), stored.extents().end());
  if (extents.size() == layout.from.size() + 1 && extents.front() == 1) extents.erase(extents.begin());
  return extents.size() == layout.from.size() ? std::optional(std::move(extents)) : std::nullopt;
}

std::vector<std::size_t> permutation_of(const Layout& layout) {
  std::vector<std::size_t> axes;
  for (const char axis : layout.to) axes.push_back(layout.from.find(axis));
  return axes;
}

Tensor permuted(const Tensor& source, const std::vector<std::int64_t>& extents, const std::vector<std::size_t>& axes,
                Shape shape) {
  std::vector<std::int64_t> strides(extents.size(), 1);
  for (std::size_t axis = extents.size(); axis > 1; --axis) strides[axis - 2] = strides[axis - 1] * extents[axis - 1];
  Tensor result{.dtype = source.dtype, .shape = std::move(shape), .bytes = Bytes(source.bytes.size())};
  const auto size = static_cast<std::size_t>(byte_size(source.dtype));
  std::vector<std::int64_t> index(axes.size(), 0);
  for (std::size_t at = 0; at < result.bytes.size(); at += size) {
    std::int64_t from = 0;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) from += index[axis] * strides[axes[axis]];
    std::memcpy(&result.bytes[at], &source.bytes[static_cast<std::size_t>(from) * size], size);
    for (std::size_t axis = axes.size(); axis > 0 && ++index[axis - 1] == result.shape[axis - 1]; --axis) index[axis - 1] = 0;
  }
  return result;
}

// How far apart two channels lie, and how many there are; the last axis when no layout names another.
struct Channels {
  std::int64_t count = 1, stride = 1;
};

Channels channels_of(const Shape& shape, const std::string& layout_text) {
  const auto layout = layout_text.empty() ? std::nullopt : parse_layout(layout_text);
  const std::size_t axis = layout ? layout->to.find('c') : shape.rank() - 1;
  return shape.rank() == 0 ? Channels{} : Channels{.count = shape[axis], .stride = shape.strides()[axis]};
}

Status check_channels(std::string_view key, const std::vector<double>& values, const Shape& shape, const Preprocess& how) {
  if (values.size() <= 1) return Ok{};
  if (how.layout.empty() && std::ranges::count_if(shape.extents(), [](std::int64_t n) { return n != 1; }) > 1)
    return bad_data("", std::string(key) + " has one value per channel, but no layout says which axis the channels are",
                    "add layout = \"nhwc\", \"nchw\", or \"nhwc->nchw\" if the axes must be moved");
  const std::int64_t channels = channels_of(shape, how.layout).count;
  if (channels == static_cast<std::int64_t>(values.size())) return Ok{};
  return bad_data("", std::string(key) + " has " + std::to_string(values.size()) + " values, the samples have " +
                          std::to_string(channels) + " channels");
}

std::vector<std::int64_t> without_ones(const Shape& shape) {
  std::vector<std::int64_t> extents;
  std::ranges::copy_if(shape.extents(), std::back_inserter(extents), [](std::int64_t extent) { return extent != 1; });
  return extents;
}

// The same elements in the same order, as far as shapes can tell: equal but for axes of extent 1, or one of both flat.
bool same_elements(const Shape& sample, const Shape& input) {
  if (sample.elements() != input.elements()) return false;
  const auto a = without_ones(sample), b = without_ones(input);
  return a == b || a.size() <= 1 || b.size() <= 1;
}

Diagnostic not_a_value(std::size_t element, double value) {
  return bad_data("", "element " + std::to_string(element) + " is " + number_text(value) + ", expected finite numbers",
                  "remove the row, or repair what wrote it");
}

Result<Tensor> to_floats(const Tensor& stored, const TensorType& input, const Preprocess& how) {
  std::vector<double> values = stored.to_reals();
  const Channels channels = channels_of(stored.shape, how.layout);
  const auto of_channel = [&](const std::vector<double>& list, std::size_t i, double fallback) {
    if (list.empty()) return fallback;
    return list[list.size() == 1 ? 0 : (i / static_cast<std::size_t>(channels.stride)) % list.size()];
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return not_a_value(i, values[i]);
    values[i] = (values[i] - of_channel(how.mean, i, 0.0)) * of_channel(how.scale, i, 1.0);
  }
  Tensor result = Tensor::zeros(input.dtype, input.shape);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (input.dtype == DType::f64) {
      result.as<double>()[i] = values[i];
      continue;
    }
    const auto rounded = static_cast<float>(values[i]);
    if (!std::isfinite(rounded)) return not_a_value(i, values[i]);
    result.as<float>()[i] = rounded;
  }
  return result;
}

Result<Tensor> to_whole_numbers(const Tensor& stored, const TensorType& input) {
  const bool reals = is_float(stored.dtype);  // digits of a text file
  const std::vector<double> values = stored.to_reals();
  Tensor result = convert(stored, input.dtype);
  result.shape = input.shape;
  const std::vector<double> kept = result.to_reals();
  const std::vector<std::int64_t> before = reals ? std::vector<std::int64_t>() : stored.to_integers();
  const std::vector<std::int64_t> after = result.to_integers();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (reals ? values[i] == kept[i] : before[i] == after[i]) continue;
    return bad_data("", "element " + std::to_string(i) + " is " + (reals ? number_text(values[i]) : std::to_string(before[i])) +
                            ", which " + std::string(name_of(input.dtype)) + " cannot hold");
  }
  return result;
}

}  // namespace

Result<Shape> layout_applied(const Shape& stored, const Preprocess& how) {
  if (how.layout.empty()) return stored;
  const auto layout = parse_layout(how.layout);
  if (!layout) return bad_data("", "layout '" + how.layout + "' is not understood", "write it like nhwc->nchw or nchw");
  const auto extents = layout_axes(stored, *layout);
  if (!extents)
    return bad_data("", "samples are " + stored.text() + ", but layout '" + how.layout + "' speaks of " +
                            std::to_string(layout->from.size()) + " axes");
  std::vector<std::int64_t> moved;
  for (const std::size_t axis : permutation_of(*layout)) moved.push_back((*extents)[axis]);
  return Shape::make(std::move(moved));
}

Status check_preprocess(DType dtype, const Shape& stored, bool is_text, const TensorType& input, const Preprocess& how) {
  MOTE_TRY(const Shape shape, layout_applied(stored, how));
  if (!same_elements(shape, input.shape))
    return bad_data("", "samples are " + shape.text() + (how.layout.empty() ? "" : " after the layout") + ", expected " +
                            input.shape.text(),
                    "the first axis of the data is the sample, the rest one input with or without its batch axis; "
                    "layout = \"nhwc->nchw\" moves axes");
  if (!how.mean.empty() || !how.scale.empty()) {
    if (!is_float(input.dtype))
      return bad_data("", "scale and mean are given for an input of " + std::string(name_of(input.dtype)));
    MOTE_TRY_STATUS(check_channels("scale", how.scale, shape, how));
    MOTE_TRY_STATUS(check_channels("mean", how.mean, shape, how));
  }
  if (dtype == input.dtype || is_text) return Ok{};
  const std::string found = "samples are " + std::string(name_of(dtype)) + ", the input is " + std::string(name_of(input.dtype));
  if (is_float(dtype) && !is_float(input.dtype)) return bad_data("", found, "store the data as integers");
  if (!is_float(dtype) && is_float(input.dtype) && !how.given)
    return bad_data("", found,
                    "say how integers become the model's numbers: scale and mean of [input.<name>] in mote.toml, or "
                    "--preprocess scale=1 if the model takes them as they are");
  return Ok{};
}

Result<Tensor> preprocessed(const Tensor& stored, bool is_text, const TensorType& input, const Preprocess& how) {
  MOTE_TRY(Shape shape, layout_applied(stored.shape, how));
  Tensor sample = stored;
  if (!how.layout.empty()) {
    const Layout layout = *parse_layout(how.layout);
    sample = permuted(stored, *layout_axes(stored.shape, layout), permutation_of(layout), std::move(shape));
  }
  if (is_float(input.dtype)) return to_floats(sample, input, how);
  if (sample.dtype != input.dtype || is_text) return to_whole_numbers(sample, input);
  sample.shape = input.shape;
  return sample;
}

}  // namespace mote
