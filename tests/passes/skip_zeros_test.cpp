// Weights stored without their zeros, where that pays; every run holds the pass to the same bits.
#include "lib/ops/verify.hpp"
#include "lib/plan/cycles.hpp"
#include "lib/plan/sparsity.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/plan/make_plan.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// A convolution over an image, a pointwise one and a dense layer of one row.
Graph network() {
  return graph_of(R"(graph ""
input %x : s8[1x8x8x16]
constant @w : s8[3x3x16x16] = random 1
constant @p : s8[1x1x16x64] = random 2
constant @v : s8[4096x8] = random 3
constant @bias : s32[16] = random 5
constant @m : s32[16] = [90000, 80000, 70000, 60000, 50000, 40000, 30000, 20000, 90000, 80000, 70000, 60000, 50000, 40000, 30000, 20000]
constant @pb : s32[64] = random 6
constant @pm : s32[64] = random 7
constant @vb : s32[8] = random 8
constant @vm : s32[8] = [9000, 8000, 7000, 6000, 5000, 4000, 3000, 2000]
%h = QuantizedConv2d(%x, @w, @bias, @m) {pads=[1,1,1,1], pad_value=3} : s8[1x8x8x16]
%r = QuantizedConv2d(%h, @p, @pb, @pm) : s8[1x8x8x64]
%f = Reshape(%r) {shape=[1,4096]} : s8[1x4096]
%y = QuantizedDense(%f, @v, @vb, @vm) : s8[1x8]
output %y
)");
}

void change(Graph& graph, std::string_view name, const std::function<void(Tensor&)>& body) {
  for (Value& value : graph.values) {
    if (value.name != name) continue;
    Tensor tensor{.dtype = value.type.dtype, .shape = value.type.shape, .bytes = *value.data};
    body(tensor);
    value.data = std::make_shared<const Bytes>(tensor.bytes);
  }
}

// That share of the weights becomes 0, in blocks of neighbouring output channels.
void make_sparse(Graph& graph, std::initializer_list<std::string_view> names, double zeros, std::size_t block) {
  Rng rng(7);
  for (const std::string_view name : names)
    change(graph, name, [&](Tensor& weights) {
      const auto levels = weights.as<std::int8_t>();
      for (std::size_t i = 0; i < levels.size(); i += block) {
        const bool is_empty = rng.real(0.0F, 1.0F) < static_cast<float>(zeros);
        for (std::size_t c = i; c < i + block; ++c)
          levels[c] = static_cast<std::int8_t>(is_empty        ? 0
                                               : rng.chance(2) ? rng.integer(9, 127)
                                                               : rng.integer(-127, -9));
      }
    });
}

Graph thinned(double zeros, std::size_t block = 1) {
  Graph graph = network();
  change(graph, "pm", [](Tensor& m) {
    for (std::int32_t& one : m.as<std::int32_t>()) one = std::abs(one % 100000);
  });
  make_sparse(graph, {"w", "p", "v"}, zeros, block);
  return graph;
}

// The same in blocks of two output channels and four input channels.
Graph thinned_quads(double zeros) {
  Graph graph = thinned(0.0);
  Rng rng(7);
  for (const auto& [name, outputs] : {std::pair{"w", std::size_t{16}}, {"p", std::size_t{64}}, {"v", std::size_t{8}}})
    change(graph, name, [&, outputs = outputs](Tensor& weights) {
      const auto levels = weights.as<std::int8_t>();
      for (std::size_t row = 0; row < levels.size() / outputs; row += 4)
        for (std::size_t c = 0; c < outputs; c += 2) {
          if (rng.real(0.0F, 1.0F) >= static_cast<float>(zeros)) continue;
          for (std::size_t i = 0; i < 8; ++i) levels[(row + i / 2) * outputs + c + i % 2] = 0;
        }
    });
  return graph;
}

Graph stored(Graph graph, const char* part, Optimize optimize) {
  const Result<Target> target = find_target(part);
  REQUIRE(target);
  Result<Graph> after = run_passes({find_pass("skip-zeros"), 1}, std::move(graph),
                                   {.target = *target, .optimize = optimize}, verify_each());
  INFO((after ? std::string() : after.error().message));
  REQUIRE(after);
  return *std::move(after);
}

// By product: channels of a block, 0 where all weights are stored, times 10 for quads of inputs.
std::vector<std::int64_t> blocks_of(const Graph& graph) {
  std::vector<std::int64_t> blocks;
  for (const Node& node : graph.nodes) {
    if (node.op->name == "Reshape") continue;
    const OpView product{graph, node};
    const std::int64_t channels = node.inputs.size() == 8 ? product.integer("stream_channels") : 0;
    blocks.push_back(product.has("stream_inputs") ? 10 * channels : channels);
  }
  return blocks;
}

using Blocks = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("weights without zeros stay as they are, but for speed where quads are multiplied by pairs") {
  for (const char* part : {"stm32f091rc", "stm32f103c8", "esp32c3", "atmega2560", "host"})
    for (const Optimize optimize : {Optimize::automatic, Optimize::speed, Optimize::size})
      CHECK(blocks_of(stored(thinned(0.0), part, optimize)) == Blocks{0, 0, 0});
  for (const char* part : {"stm32l4r5zi", "nrf5340", "corstone-300"}) {
    CHECK(blocks_of(stored(thinned(0.0), part, Optimize::automatic)) == Blocks{0, 0, 0});
    CHECK(blocks_of(stored(thinned(0.0), part, Optimize::size)) == Blocks{0, 0, 0});
    CHECK(blocks_of(stored(thinned(0.0), part, Optimize::speed)) == Blocks{40, 20, 40});
  }
}

TEST_CASE("only Cortex-M multiplies quads, whatever another part says of itself") {
  for (const char* part : {"host", "stm32f091rc", "esp32c3", "atmega2560"}) {
    Target target = *find_target(part);
    target.cpu.dsp = true;
    const PassContext context{.target = target, .optimize = Optimize::speed};
    const Result<Graph> after = run_passes({find_pass("skip-zeros"), 1}, thinned_quads(0.6), context, verify_each());
    REQUIRE(after);
    for (const std::int64_t block : blocks_of(*after)) CHECK(block < 10);
  }
}

TEST_CASE("single zeros are left out where pixels share the way to the next weight") {
  for (const char* part : {"stm32f091rc", "stm32f103c8", "esp32c3"}) {
    CHECK(blocks_of(stored(thinned(0.15), part, Optimize::speed)) == Blocks{0, 0, 0});
    const Blocks blocks = blocks_of(stored(thinned(0.6), part, Optimize::speed));
    CHECK(Blocks(blocks.begin(), blocks.begin() + 2) == Blocks{1, 1});
  }
}

TEST_CASE("a single row skips zeros when they are most of the weights") {
  for (const char* part : {"stm32f091rc", "stm32f103c8", "esp32c3"}) {
    CHECK(blocks_of(stored(thinned(0.4), part, Optimize::speed))[2] == 0);
    CHECK(blocks_of(stored(thinned(0.9), part, Optimize::speed))[2] > 0);
  }
}

TEST_CASE("zeros that lie together leave in blocks, which a single row can skip, too") {
  const Graph graph = stored(thinned(0.4, 4), "stm32f103c8", Optimize::speed);
  CHECK(blocks_of(graph)[2] == 4);
  CHECK(blocks_of(graph)[1] > 1);
}

TEST_CASE("quads of zeros leave together, and cost no bytes from an eighth of the weights on") {
  for (const Optimize optimize : {Optimize::automatic, Optimize::speed})
    CHECK(blocks_of(stored(thinned_quads(0.3), "stm32l4r5zi", optimize)) == Blocks{20, 20, 20});
  CHECK(blocks_of(stored(thinned_quads(0.3), "stm32l4r5zi", Optimize::size)) == Blocks{20, 20, 20});
  CHECK(blocks_of(stored(thinned_quads(0.02), "stm32l4r5zi", Optimize::automatic)) == Blocks{0, 0, 0});
  CHECK(blocks_of(stored(thinned_quads(0.3), "stm32f103c8", Optimize::automatic)) != Blocks{20, 20, 20});
}

TEST_CASE("activations of 16 bits are not multiplied by quads") {
  Graph graph = graph_of(R"(graph ""
input %x : s16[8x64]
constant @v : s8[64x8] = random 3
constant @vb : s32[8] = random 8
constant @vm : s32[8] = [9000, 8000, 7000, 6000, 5000, 4000, 3000, 2000]
%y = QuantizedDense(%x, @v, @vb, @vm) : s8[8x8]
output %y
)");
  make_sparse(graph, {"v"}, 0.6, 1);
  CHECK(blocks_of(stored(graph, "stm32l4r5zi", Optimize::speed)) == Blocks{1});
}

TEST_CASE("for size the fewest bytes count, otherwise speed may not cost any") {
  CHECK(blocks_of(stored(thinned(0.5), "stm32f091rc", Optimize::size)) == Blocks{1, 1, 1});
  CHECK(blocks_of(stored(thinned(0.1, 4), "stm32f103c8", Optimize::speed)) == Blocks{0, 0, 0});
  CHECK(blocks_of(stored(thinned(0.15, 2), "stm32f091rc", Optimize::automatic)) == Blocks{0, 0, 0});
  CHECK(blocks_of(stored(thinned(0.6), "stm32f091rc", Optimize::automatic))[1] == 1);
  CHECK(blocks_of(stored(thinned(0.3), "stm32f091rc", Optimize::size)) == Blocks{0, 0, 0});
  for (const double zeros : {0.5, 0.8}) {
    const Graph graph = stored(thinned(zeros), "stm32f091rc", Optimize::size);
    CHECK(blocks_of(graph)[1] == 1);
    for (const Node& node : graph.nodes)
      if (node.inputs.size() == 8)
        CHECK(graph.at(node.inputs[7]).type.shape.elements() < graph.at(node.inputs[1]).type.shape.elements());
  }
}

TEST_CASE("weights of four bits are smaller in pairs until most are zeros") {
  Graph graph = thinned(0.5), emptier = thinned(0.9);
  for (Graph* one : {&graph, &emptier})
    change(*one, "p", [](Tensor& weights) {
      for (std::int8_t& level : weights.as<std::int8_t>()) level = static_cast<std::int8_t>(level % 8);
    });
  CHECK(blocks_of(stored(graph, "stm32f091rc", Optimize::size)) == Blocks{1, 0, 1});
  CHECK(blocks_of(stored(emptier, "stm32f091rc", Optimize::size)) == Blocks{1, 1, 1});
}

TEST_CASE("a plan without zeros is smaller and estimated to take fewer cycles") {
  for (const char* part : {"stm32f091rc", "stm32l4r5zi"}) {
    const auto plain = make_plan(thinned(0.7), *find_target(part));
    const auto sparse = make_plan(stored(thinned(0.7), part, Optimize::automatic), *find_target(part));
    REQUIRE(plain);
    REQUIRE(sparse);
    CHECK(sparse->weights_bytes < plain->weights_bytes);
    CHECK(estimated_cycles(*sparse) < estimated_cycles(*plain));
    CHECK(sparse_layers(*sparse).size() == 3);
    CHECK(sparse_layers(*sparse)[0].leaves_zeros_out);
    CHECK_FALSE(sparse_layers(*plain)[0].leaves_zeros_out);
    CHECK(sparse_layers(*sparse)[0].stored_bytes < sparse_layers(*plain)[0].stored_bytes);
  }
}

// Or they would cost the memory that they save time with.
TEST_CASE("results of streams may lie over what they read, as those of all weights") {
  constexpr std::int64_t apart = 8 * 8 * 16 + 8 * 8 * 64;
  for (const auto& [part, graph] : {std::pair{"stm32f091rc", thinned(0.7)}, {"stm32l4r5zi", thinned_quads(0.3)}}) {
    for (const Graph& either : {graph, stored(graph, part, Optimize::speed)}) {
      const auto plan = make_plan(either, *find_target(part));
      REQUIRE(plan);
      CHECK(plan->arena_bytes < apart);
    }
  }
}

TEST_CASE("real weights of few levels count as they are stored") {
  Graph graph = graph_of(R"(graph ""
input %x : f32[1x64]
constant @u : f32[64x32] = random 4
%y = Dense(%x, @u) : f32[1x32]
output %y
)");
  change(graph, "u", [](Tensor& weights) {
    const auto u = weights.as<float>();
    for (std::size_t i = 0; i < u.size(); ++i)
      u[i] = 0.125F * static_cast<float>(i % 3 == 0 ? 0 : static_cast<int>(i % 200) - 100);
  });
  const Target target = *find_target("stm32f091rc");
  const Result<Graph> packed = run_passes({find_pass("pack-weights"), 1}, graph, {.target = target}, verify_each());
  REQUIRE(packed);
  const auto plan = make_plan(*packed, target);
  REQUIRE(plan);
  const std::vector<SparseLayer> layers = sparse_layers(*plan);
  REQUIRE(layers.size() == 1);
  CHECK(layers[0].plain_bytes == 4 * 64 * 32);
  CHECK(layers[0].stored_bytes == 64 * 32);
  CHECK_FALSE(layers[0].leaves_zeros_out);
}

namespace {

// Two convolutions that share their weights, of which so many are 0: the second over an image of that size, dilated.
Graph sharing(double zeros, std::int64_t size, std::int64_t dilation) {
  const std::string extent = std::to_string(size), step = std::to_string(dilation);
  const std::string image = "s8[1x" + extent + "x" + extent + "x16]";
  Graph graph = graph_of(R"(graph ""
input %x : s8[1x8x8x16]
input %z : )" + image + R"(
constant @w : s8[3x3x16x16] = random 1
constant @bias : s32[16] = random 5
constant @m : s32[16] = [90000, 80000, 70000, 60000, 50000, 40000, 30000, 20000, 90000, 80000, 70000, 60000, 50000, 40000, 30000, 20000]
%a = QuantizedConv2d(%x, @w, @bias, @m) {pads=[1,1,1,1], pad_value=3} : s8[1x8x8x16]
%b = QuantizedConv2d(%z, @w, @bias, @m) {pad_value=3, pads=[)" +
                         step + "," + step + "," + step + "," + step + "], dilations=[" + step + "," + step +
                         "]} : " + image + R"(
output %a
output %b
)");
  make_sparse(graph, {"w"}, zeros, 1);
  return graph;
}

std::int64_t weight_bytes(const Graph& graph, const char* part) {
  const auto plan = make_plan(graph, *find_target(part));
  REQUIRE(plan);
  return plan->weights_bytes;
}

}  // namespace

TEST_CASE("weights that products share are stored in one form, whatever each alone would take") {
  for (const char* part : {"stm32f091rc", "stm32f103c8", "stm32l4r5zi", "esp32c3", "atmega2560"})
    for (const double zeros : {0.1, 0.3, 0.4, 0.5, 0.6, 0.8})
      for (const Optimize optimize : {Optimize::automatic, Optimize::speed, Optimize::size}) {
        INFO(part << ", zeros " << zeros << ", optimize " << static_cast<int>(optimize));
        const Graph graph = sharing(zeros, 1, 1), after = stored(graph, part, optimize);
        const Blocks blocks = blocks_of(after);
        CHECK(blocks[0] == blocks[1]);
        if (optimize != Optimize::speed) CHECK(weight_bytes(after, part) <= weight_bytes(graph, part));
      }
}

TEST_CASE("for size, streams that differ are worth it only if both are smaller than the weights they share") {
  CHECK(blocks_of(stored(sharing(0.85, 8, 1), "stm32f091rc", Optimize::size)) == Blocks{1, 1});
  CHECK(blocks_of(stored(sharing(0.85, 8, 2), "stm32f091rc", Optimize::size)) == Blocks{1, 1});
  CHECK(blocks_of(stored(sharing(0.5, 8, 1), "stm32f091rc", Optimize::size)) == Blocks{1, 1});
  CHECK(blocks_of(stored(sharing(0.5, 8, 2), "stm32f091rc", Optimize::size)) == Blocks{0, 0});
}

TEST_CASE("a stream that is not made of the weights is refused") {
  const Graph graph = stored(thinned(0.6), "stm32f091rc", Optimize::size);
  REQUIRE(verify(graph, Stage::fused));
  Graph other = graph;
  change(other, "w_stream", [](Tensor& stream) { stream.as<std::uint8_t>()[9] ^= 1; });
  CHECK_FALSE(verify(other, Stage::fused));
  other = graph;
  other.nodes[0].attrs["stream_channels"] = std::int64_t{2};
  CHECK_FALSE(verify(other, Stage::fused));
}
