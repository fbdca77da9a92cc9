#include "passes/quantize/skip_zeros.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

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

class Layer {
 public:
  Layer(const OpView& product, const Target& target)
      : product_(product),
        rows_(ops::kernel_rows_of(product)),
        pixels_(pixels_of(product)),
        near_(weight_rates(target, true)),
        alone_(weight_rates(target, false)),
        weights_(product.constant(1)) {}

  [[nodiscard]] Cost plain_cost() const {
    const std::int64_t weights = weights_.shape.elements();
    const auto count = static_cast<double>(weights);
    return {.cycles = count * (static_cast<double>(pixels_.side_by_side) * near_.plain +
                               static_cast<double>(pixels_.alone) * alone_.plain),
            .bytes = ops::fits_half_bytes(product_) ? weights / 2 : weights};
  }

  [[nodiscard]] bool fits(const ops::StreamBlock& block) const {
    return ops::fits_stream(rows_, block) && ops::reads_blocks(product_.in(0).dtype, block);
  }
  [[nodiscard]] Tensor stream_of(const ops::StreamBlock& block) const {
    return ops::weight_stream(rows_, weights_, block);
  }
  // What a stream depends on besides its weights and channels.
  [[nodiscard]] std::int64_t column_step() const { return rows_.column_step; }

  [[nodiscard]] double stream_cycles(const Tensor& stream, const ops::StreamBlock& block) const {
    const auto runs = static_cast<double>(rows_.channels / block.channels * rows_.rows);
    const auto stored = static_cast<double>(ops::stored_weights(rows_, block, stream.as<std::uint8_t>()));
    const bool gathers = rows_.columns > 1 && rows_.depth % block.inputs != 0;
    const double gathered = gathers ? stored / static_cast<double>(block.weights()) : 0.0;
    const auto at_pixel = [&](const WeightRates& rates) {
      return stored * rates.streamed(block) + runs * rates.run + gathered * rates.gather;
    };
    return static_cast<double>(pixels_.side_by_side) * at_pixel(near_) +
           static_cast<double>(pixels_.alone) * at_pixel(alone_);
  }

 private:
  OpView product_;
  ops::KernelRows rows_;
  Pixels pixels_;
  WeightRates near_, alone_;
  Tensor weights_;
};

// A form of weights without zeros.
struct Streams {
  ops::StreamBlock block{};
  std::map<std::int64_t, Tensor> bytes{};  // by column step
  Cost cost{};
};

// Products that read the same weights. They take one form of them, so that no other is stored.
class SharedWeights {
 public:
  // `stay`: something else reads them as they are.
  SharedWeights(std::vector<Layer> layers, bool stay) : layers_(std::move(layers)), stay_(stay) {}

  [[nodiscard]] std::optional<Streams> best(std::span<const ops::StreamBlock> blocks, Optimize optimize) const {
    const Cost plain = plain_cost();
    std::optional<Streams> best;
    for (const ops::StreamBlock& block : blocks) {
      if (!std::ranges::all_of(layers_, [&](const Layer& layer) { return layer.fits(block); })) continue;
      Streams streams = streams_of(block, stay_ ? plain.bytes : 0);
      const bool pays = optimize == Optimize::size ? is_smaller(streams.cost, plain) : is_faster(streams.cost, plain);
      const bool may = optimize != Optimize::automatic || streams.cost.bytes <= plain.bytes;
      if (pays && may && (!best || is_better(streams.cost, best->cost, optimize))) best = std::move(streams);
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
    Cost all;
    for (const Layer& layer : layers_) {
      const Cost own = layer.plain_cost();
      all = {.cycles = all.cycles + own.cycles, .bytes = std::max(all.bytes, own.bytes)};
    }
    return all;
  }

  [[nodiscard]] Streams streams_of(const ops::StreamBlock& block, std::int64_t other_bytes) const {
    Streams streams{.block = block, .cost = {.bytes = other_bytes}};
    for (const Layer& layer : layers_) {
      const auto [stream, is_new] = streams.bytes.try_emplace(layer.column_step());
      if (is_new) stream->second = layer.stream_of(block);
      streams.cost.bytes += is_new ? stream->second.shape[0] : 0;
      streams.cost.cycles += layer.stream_cycles(stream->second, block);
    }
    return streams;
  }

  std::vector<Layer> layers_;
  bool stay_;
};

// For which the core has a kernel.
std::vector<ops::StreamBlock> blocks_of(const Target& target) {
  std::vector<ops::StreamBlock> blocks;
  for (const std::int64_t channels : {1, 2, 4}) blocks.push_back({.channels = channels});
  if (multiplies_quads(target))
    for (const std::int64_t channels : {1, 2, 4}) blocks.push_back({.channels = channels, .inputs = ops::quad_inputs});
  return blocks;
}

bool may_have_stream(const OpView& product) {
  return is_one_of(product.node.op->name, streamed_products) && !ops::has_stream(product);
}

// By value, how often it is read.
std::vector<std::ptrdiff_t> reads_by_value(const Graph& graph) {
  std::vector<std::ptrdiff_t> reads(graph.values.size(), 0);
  const auto count = [&](ValueId id) {
    if (id) ++reads[*id];
  };
  std::ranges::for_each(graph.outputs, count);
  for (const Node& node : graph.nodes) std::ranges::for_each(node.inputs, count);
  return reads;
}

// `stay`: they have other readers, too.
void skip_zeros_of(Graph& graph, const std::vector<std::size_t>& readers, bool stay, const PassContext& context) {
  std::vector<Layer> layers;
  for (const std::size_t reader : readers) layers.emplace_back(OpView{graph, graph.nodes[reader]}, context.target);
  const auto best = SharedWeights(std::move(layers), stay).best(blocks_of(context.target), context.optimize);
  if (!best) return;
  const std::string name = graph.at(graph.nodes[readers.front()].inputs[1]).name + "_stream";
  std::map<std::int64_t, ValueId> streams;
  for (const auto& [step, stream] : best->bytes)
    streams[step] = graph.add_constant(name, {.dtype = DType::u8, .shape = stream.shape},
                                       std::make_shared<const Bytes>(stream.bytes));
  for (const std::size_t reader : readers) {
    Node& node = graph.nodes[reader];
    const std::int64_t step = ops::kernel_rows_of({graph, node}).column_step;
    node.inputs.resize(ops::stream_operand + 1);
    node.inputs[ops::stream_operand] = streams[step];
    node.attrs["stream_channels"] = best->block.channels;
    if (best->block.inputs > 1) node.attrs["stream_inputs"] = best->block.inputs;
  }
}

}  // namespace

Result<Graph> skip_zeros(Graph graph, const PassContext& context) {
  const std::vector<std::ptrdiff_t> reads = reads_by_value(graph);
  std::map<ValueId, std::vector<std::size_t>> readers;  // by weights: the products
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (may_have_stream({graph, graph.nodes[i]})) readers[graph.nodes[i].inputs[1]].push_back(i);
  for (const auto& [weights, products] : readers)
    skip_zeros_of(graph, products, reads[*weights] > std::ssize(products), context);
  return graph;
}

}  // namespace mote
