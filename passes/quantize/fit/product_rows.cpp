#include "passes/quantize/fit/product_rows.hpp"

#include <algorithm>

#include "lib/ops/support/conv2d_geometry.hpp"

namespace mote {
namespace {

using Lane = SampleSweep::Lane;

ops::Convolution geometry_of(const OpView& product) {
  if (product.node.op->name != "Dense") return ops::convolution_of(product);
  const std::int64_t inputs = product.in(1).shape[0], outputs = product.in(1).shape[1];
  return {.batch = product.in(0).shape[0],
          .groups = 1,
          .group_in_c = inputs,
          .group_out_c = outputs,
          .window = {},
          .input = {.batch = inputs, .channel = 1, .pixel = inputs},
          .output = {.batch = outputs, .channel = 1, .pixel = outputs},
          .weights = {}};
}

// The inputs of one output pixel, tap by tap.
void gather(const ops::Convolution& conv, std::size_t group, std::int64_t position, std::span<const float> x,
            float* row) {
  const std::int64_t positions = ops::output_positions(conv.window);
  const std::int64_t pixel = position % positions;
  const ops::Window& window = conv.window;
  const std::array<std::int64_t, 3> output{pixel / (window[1].out * window[2].out), pixel / window[2].out % window[1].out,
                                           pixel % window[2].out};
  std::array<std::int64_t, 3> origin{};
  std::array<ops::TapSpan, 3> taps{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    origin[axis] = window[axis].origin(output[axis]);
    taps[axis] = ops::taps_within(window[axis], origin[axis], window[axis].in);
  }
  const std::int64_t first = position / positions * conv.input.batch +
                             static_cast<std::int64_t>(group) * conv.group_in_c * conv.input.channel;
  ops::for_each_tap(window, origin, taps, [&](std::int64_t tap, std::int64_t from) {
    const auto begin = x.begin() + first + from * conv.input.pixel;
    std::copy_n(begin, conv.group_in_c, row + tap * conv.group_in_c);
  });
}

void append_added(const OpView& product, const ProductGroups& groups, std::size_t group, const Place& place, Lane lane,
                  const SampleSweep& sweep, std::vector<float>& to) {
  const auto first = (static_cast<std::size_t>(place.position) * groups.groups + group) * groups.outputs;
  const auto added = sweep.value(lane, place.sample, product.node.inputs[3]).as<float>().subspan(first, groups.outputs);
  to.insert(to.end(), added.begin(), added.end());
}

void gather_lane(const OpView& product, std::size_t group, const std::vector<Place>& places, Lane lane,
                 const SampleSweep& sweep, std::vector<float>& inputs, std::vector<float>& added) {
  const ops::Convolution conv = geometry_of(product);
  const ProductGroups groups = groups_of(product);
  inputs.resize(places.size() * groups.inputs);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto x = sweep.value(lane, places[i].sample, product.node.inputs[0]).as<float>();
    gather(conv, group, places[i].position, x, inputs.data() + i * groups.inputs);
    if (product.has_in(3)) append_added(product, groups, group, places[i], lane, sweep, added);
  }
}

std::size_t samples_in(const std::vector<Place>& places) {
  std::size_t samples = 0;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (i == 0 || places[i].sample != places[i - 1].sample) ++samples;
  return samples;
}

}  // namespace

ProductGroups groups_of(const OpView& product) {
  const ops::Convolution conv = geometry_of(product);
  return {.groups = static_cast<std::size_t>(conv.groups),
          .channels = static_cast<std::size_t>(conv.group_in_c),
          .inputs = static_cast<std::size_t>(conv.group_in_c * ops::tap_count(conv.window)),
          .outputs = static_cast<std::size_t>(conv.group_out_c),
          .places = conv.batch * ops::output_positions(conv.window)};
}

std::vector<Place> choose_places(const std::vector<std::size_t>& samples, std::int64_t places, std::int64_t most,
                                 std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Place> chosen;
  const std::int64_t of_each = std::min(places, std::max<std::int64_t>(1, most / std::max<std::int64_t>(1, std::ssize(samples))));
  for (const std::size_t sample : samples)
    for (std::int64_t i = 0; i < of_each; ++i)  // one from each of as many equal parts
      chosen.push_back({.sample = sample, .position = rng.integer(i * places / of_each, (i + 1) * places / of_each - 1)});
  return chosen;
}

ProductRows gather_exact_rows(const OpView& product, std::size_t group, const std::vector<Place>& places,
                              const SampleSweep& sweep) {
  const ProductGroups groups = groups_of(product);
  ProductRows rows{.samples = samples_in(places), .count = places.size(), .inputs = groups.inputs, .outputs = groups.outputs};
  gather_lane(product, group, places, Lane::exact, sweep, rows.exact, rows.exact_added);
  return rows;
}

ProductRows gather_rows(const OpView& product, std::size_t group, const std::vector<Place>& places,
                        const SampleSweep& sweep) {
  ProductRows rows = gather_exact_rows(product, group, places, sweep);
  gather_lane(product, group, places, Lane::rounded, sweep, rows.rounded, rows.rounded_added);
  return rows;
}

}  // namespace mote
