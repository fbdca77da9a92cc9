#include "passes/quantize/skip_zeros.hpp"

#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/plan/weight_rates.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// What the kernel of a stream is larger by than the plain one, and less work than is worth another form.
constexpr std::int64_t least_saving = 128;
constexpr double least_gain = 0.03;
constexpr std::array<std::string_view, 2> streamed_products{"QuantizedConv2d", "QuantizedDense"};

// Output pixels, or rows, by how the kernels take them.
struct Pixels {
  std::int64_t side_by_side = 0, alone = 0;
};

// Those at the sides of an image, whose windows leave it, are taken alone, as one in the middle is.
Pixels pixels_of(const OpView& product) {
  const Shape& y = product.out(0).shape;
  const std::int64_t pixels = y.elements() / y[y.rank() - 1];
  if (pixels == 1) return {.alone = 1};
  if (y.rank() == 2) return {.side_by_side = pixels};
  const ops::Window window = ops::convolution_of(product).window;
  if (ops::tap_count(window) == 1) return {.side_by_side = pixels};
  const ops::WindowAxis& columns = window[2];
  std::int64_t inside = 0;
  for (std::int64_t column = 0; column < columns.out; ++column)
    if (columns.origin(column) >= 0 && columns.origin(column) + columns.reach() <= columns.in) ++inside;
  if (inside == 1) inside = 0;
  const std::int64_t rows = pixels / columns.out;
  return {.side_by_side = rows * inside, .alone = rows * (columns.out - inside)};
}

struct Cost {
  double cycles = 0.0;
  std::int64_t bytes = 0;
};

// A form of the weights without zeros.
struct Stream {
  std::int64_t channels = 0;
  Tensor bytes{};
  Cost cost{};
};

class Layer {
 public:
  Layer(const OpView& product, const Target& target)
      : product_(product),
        rows_(ops::kernel_rows_of(product)),
        pixels_(pixels_of(product)),
        near_(weight_rates(target, true)),
        alone_(weight_rates(target, false)),
        weights_(product.constant(1)) {}

  [[nodiscard]] std::optional<Stream> best(Optimize optimize) const {
    const Cost plain = plain_cost();
    std::optional<Stream> best;
    for (const std::int64_t channels : {1, 2, 4}) {
      if (!ops::fits_stream(rows_, channels)) continue;
      Stream stream = stream_of(channels);
      const bool pays = optimize == Optimize::size ? is_smaller(stream.cost, plain) : is_faster(stream.cost, plain);
      const bool may = optimize != Optimize::automatic || stream.cost.bytes <= plain.bytes;
      if (pays && may && (!best || is_better(stream.cost, best->cost, optimize))) best = std::move(stream);
    }
    return best;
  }

 private:
  static bool is_smaller(const Cost& one, const Cost& other) { return one.bytes + least_saving <= other.bytes; }
  static bool is_faster(const Cost& one, const Cost& other) { return one.cycles < (1.0 - least_gain) * other.cycles; }
  static bool is_better(const Cost& one, const Cost& other, Optimize optimize) {
    return optimize == Optimize::size ? one.bytes < other.bytes : one.cycles < other.cycles;
  }

  [[nodiscard]] Cost plain_cost() const {
    const std::int64_t weights = weights_.shape.elements();
    const auto count = static_cast<double>(weights);
    return {.cycles = count * (static_cast<double>(pixels_.side_by_side) * near_.plain +
                               static_cast<double>(pixels_.alone) * alone_.plain),
            .bytes = ops::fits_half_bytes(product_) ? weights / 2 : weights};
  }

  [[nodiscard]] Stream stream_of(std::int64_t channels) const {
    Stream stream{.channels = channels, .bytes = ops::weight_stream(rows_, weights_, channels)};
    const std::int64_t runs = rows_.channels / channels * rows_.rows, bytes = stream.bytes.shape[0];
    const auto stored = static_cast<double>(
        ops::stored_weights(bytes - runs * ops::stream_count_bytes(rows_), channels));
    const auto at_pixel = [&](const WeightRates& rates) {
      return stored * rates.streamed(channels) + static_cast<double>(runs) * rates.run;
    };
    stream.cost = {.cycles = static_cast<double>(pixels_.side_by_side) * at_pixel(near_) +
                             static_cast<double>(pixels_.alone) * at_pixel(alone_),
                   .bytes = bytes};
    return stream;
  }

  const OpView& product_;
  ops::KernelRows rows_;
  Pixels pixels_;
  WeightRates near_, alone_;
  Tensor weights_;
};

}  // namespace

Result<Graph> skip_zeros(Graph graph, const PassContext& context) {
  std::map<std::tuple<ValueId, std::int64_t, std::int64_t>, ValueId> streams;  // products may share weights
  for (Node& node : graph.nodes) {
    const OpView product{graph, node};
    if (!is_one_of(node.op->name, streamed_products) || ops::has_stream(product)) continue;
    const auto best = Layer(product, context.target).best(context.optimize);
    if (!best) continue;
    const ValueId weights = node.inputs[1];
    ValueId& stream = streams[{weights, best->channels, ops::kernel_rows_of(product).column_step}];
    if (!stream)
      stream = graph.add_constant(graph.at(weights).name + "_stream",
                                  {.dtype = DType::u8, .shape = best->bytes.shape},
                                  std::make_shared<const Bytes>(best->bytes.bytes));
    node.inputs.resize(ops::stream_operand + 1);
    node.inputs[ops::stream_operand] = stream;
    node.attrs["stream_channels"] = best->channels;
  }
  return graph;
}

}  // namespace mote
